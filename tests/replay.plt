#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# What xasd recorded over Channel Access runs through the same assembler again
# with the same scans, to the last bit of the database: good ones, an aborted
# one, and one that xasd was killed in.
use strict;
use warnings;
use lib '..';
use Test::More;
use JSON::PP;
use XasBeamline;

my $b = XasBeamline->new;
my $dir = "$b->{work}/recordings";
my $conf = "$b->{work}/xasd.conf";
{
    open my $in, '<', "$b->{top}/etc/xasd.conf" or die $!;
    local $/;
    my $text = <$in>;
    $text =~ s/^\s*record_events\s*=.*\n//mg;
    $text =~ s/^(\s*)(name\s*=\s*"BL\w+";)/$1$2\n$1record_events = true;/mg;
    open my $out, '>', $conf or die $!;
    print $out qq(record_dir = "$dir";\n$text);
}
$ENV{XASD_CONF} = $conf;
my @station = ('BL5S1', 'BL1N2');

ok($b->start_all, 'stations and daemon are up')
    or do { diag $b->log_of('xasd'); BAIL_OUT('nothing to test') };
sub recordings {
    my @name = sort glob "$dir/$_[0]-*.xev";
    return @name;
}
is(scalar recordings($_), 1, "a file for $_") for @station;
like($b->log_of('xasd'), qr{BL5S1: recorded in \Q$dir\E/BL5S1-\d{8}T\d{6}},
     'which the log names');

sub closed { $b->sql("SELECT count(*) FROM scan WHERE state = 'closed'") }
sub now_closed { my ($n) = @_; $b->wait_for(sub { closed() eq $n }) }
sub is_running {
    my ($station) = @_;
    $b->wait_for(sub {
        ($b->get("$station:XASD:Scan:Saved") || 0) >= 25
            && $b->get("$station:XASD:Scan:State") eq 'scanning'
    });
}

# Two whole scans, one that its station ends, one that the operator ends.
$b->put("$_:Dwell", 0.0005) for @station;
$b->put("$_:Sample", 'FeCl2') for @station;
$b->run('caput', '-c', '-w', 30, "$_:Start", 1) for @station;
ok(now_closed(2), 'a scan at each station');
$b->put("$_:Dwell", 0.004) for @station;
$b->run('caput', '-w', 5, 'BL5S1:Start', 1);
ok(is_running('BL5S1'), 'another one runs');
$b->run('caput', '-w', 5, 'BL5S1:Stop', 1);
ok(now_closed(3), 'and is aborted');
$b->run('caput', '-w', 5, 'BL5S1:Start', 1);
ok(is_running('BL5S1'), 'another one runs');
$b->run('caput', '-w', 5, 'BL5S1:XASD:Ctl:EndScan', 1);
ok(now_closed(4), 'and is ended by the operator');

# Killed in mid-scan, and resumed by the next start.
$b->wait_for(sub { $b->get('BL5S1:Busy') =~ /^(0|idle|done)/i });
$b->run('caput', '-w', 5, 'BL1N2:Start', 1);
ok(is_running('BL1N2'), 'a scan runs');
$b->stop('xasd', 'KILL');
$b->start_xasd;
ok($b->wait_connected, 'xasd killed in it, and started again');
ok(now_closed(5), 'the scan is stored');
$b->put("$_:Dwell", 0.0005) for @station;
$b->run('caput', '-c', '-w', 30, 'BL1N2:Start', 1);
ok(now_closed(6), 'and the next');
is($b->stop('xasd'), 0, 'exit 0');
is(scalar recordings($_), 2, "a file of $_ for each start") for @station;

# The same scans again, in another database.
sub replay {
    my @arg = @_;
    my ($status, $text) = XasWire::run('sh', '-c', '"$@" 2>/dev/null', 'sh',
        'xasctl', 'replay', '--json', @arg);
    return ($status, eval { decode_json($text) } // diag($text) // {});
}
my $copy = "$b->{work}/replayed.db";
my (%scan, $fed);
for my $file (map { recordings($_) } @station) {
    my ($status, $r) = replay('--store', $copy, $file);
    is($status, 0, "$file: replayed, exit 0");
    is($r->{differing} // 'none', 0, 'nothing differs');
    $fed += $r->{events_fed};
    note sprintf '%s: %d bytes, %d events, %.1f bytes each, %.1f s in %.4f s',
        $file, -s $file, $r->{events_fed}, (-s $file) / $r->{events_fed},
        $r->{span_s}, $r->{replay_s};
    push @{ $scan{$_->{uid}} }, $_ for @{ $r->{scans} };
}
is(keys %scan, 6, 'the six scans came out');
is(scalar(grep { $_->[-1]{recorded} eq 'identical' } values %scan), 6,
   'each as recorded');

# All that the assembler makes is the same in both databases: channels to the
# bit.  A scan that was cut by the kill is whole in the second file alone.
my @resumed = grep { @{ $scan{$_} } > 1 } keys %scan;
is(@resumed, 1, 'the one that was running is in two files');
my ($cut, $whole) = @{ $scan{ $resumed[0] } };
like("$cut->{recorded} $cut->{exit} $whole->{exit}", # or lossy: xasd was away
   qr/^not compared interrupted (complete|lossy)$/, 'cut in one, whole in the other');

# Rows of a table with the uid of their scan, from either database.
my %rows = (
    scan => 'SELECT c.uid, c.station, c.mode, c.detection, a.name, c.formula,
        c.comment, c.element, c.edge, c.exit, c.reason, c.start_ns, c.end_ns,
        c.points, c.planned, c.dead_per_count, c.sequence, c.flagged, c.lost
        FROM DB.scan c LEFT JOIN DB.sample a ON a.id = c.sample',
    channel => 'SELECT c.uid, x.name, x.unit, x.type, hex(x.data)
        FROM DB.scan_channel x JOIN DB.scan c ON c.id = x.scan',
    event => 'SELECT c.uid, x.stamp_ns, x.point, x.what, x.text, count(*)
        FROM DB.scan_event x JOIN DB.scan c ON c.id = x.scan
        GROUP BY 1, 2, 3, 4, 5',
    feature => 'SELECT c.uid, x.name, x.value, x.error
        FROM DB.feature x JOIN DB.scan c ON c.id = x.scan',
    prediction => 'SELECT c.uid, x.state, x.reason, x.hf
        FROM DB.prediction x JOIN DB.scan c ON c.id = x.scan',
);
for my $table (sort keys %rows) {
    my ($ours, $theirs) = map { $rows{$table} =~ s/\bDB\b/$_/gr }
        'main', 'other';
    is($b->sql("ATTACH '$copy' AS other; SELECT count(*) > 5 FROM ($ours);
                SELECT 'live', * FROM ($ours) EXCEPT
                    SELECT 'live', * FROM ($theirs);
                SELECT 'replayed', * FROM ($theirs) EXCEPT
                    SELECT 'replayed', * FROM ($ours)"), 1,
       "the same rows of $table live and replayed");
}
is($b->sql("ATTACH '$copy' AS other;
            SELECT DISTINCT source LIKE 'BL%.xev' FROM other.scan"), 1,
   'they name the file they came from');

# Shown as by xasctl show.
my $file = (recordings('BL5S1'))[0];
my $text = $b->run('xasctl', 'replay', '--events', '--points', $file);
is($?, 0, 'as text: exit 0');
like($text, qr/^exit\s+aborted\nreason\s+ended by the operator$/m, 'the exit');
like($text, qr/^recorded\s+identical$/m, 'compared');
like($text, qr/^Events\n\S+Z\s+\d+\s+start /m, 'events');
like($text, qr/^point\tstamp\tflags\tenergy\ti0\ti1.*\n0\t/m, 'points');
like($text, qr/^3 scans: 3 as recorded, 0 other than recorded/m, 'the sum');

# From another place, with no configuration and no database; and altered.
sub file_with {
    my ($name, $change) = @_;
    open my $in, '<', $file or die $!;
    local $_ = do { local $/; <$in> };
    $change->();
    open my $out, '>', "$b->{work}/$name" or die $!;
    print $out $_;
    close $out;
    return "$b->{work}/$name";
}
{
    local $ENV{XASD_CONF};
    local $ENV{XASD_DATABASE};
    my ($status, $r) = replay(file_with('elsewhere', sub {}));
    is("$status $r->{identical}", '0 3', 'nothing but the file is needed');
}
sub refused {
    my ($name, $like, $change) = @_;
    my $said = $b->run('xasctl', 'replay', file_with('altered', $change));
    is($? >> 8, 1, "$name: exit 1");
    like($said, $like, 'which says where and why');
}
# Within the first scan: change a line of a role.
sub in_scan {
    my ($role, $change) = @_;
    my @line = split /^/;
    my ($begin) = grep { $line[$_] =~ /^begin / } 0 .. $#line;
    my ($at) = grep { $line[$_] =~ /^value \S+ $role / } $begin + 200 .. $#line;
    $change->() for $line[$at];
    $_ = join '', @line;
}
refused('another number', qr/not as recorded: \S+altered:\d+: data: sum/,
    sub { in_scan('i1', sub { s/ i1 \K\S+/1234.5/ }) });
refused('a point removed',
    qr/not as recorded: \S+altered:\d+: (exit: |points: |a scan ended)/,
    sub { in_scan('commit', sub { $_ = '' }) });
refused('an outcome removed', qr/altered:\d+: a scan ended now, but not/,
    sub { s/^end .*\n//m });
refused('an outcome added', qr/altered:\d+: a scan began when recorded, but/,
    sub { s/^end .*\n\K/begin "A-20261122T152430.123Z"\n/m });
refused('a bad line', qr/altered:\d+: expected a number/,
    sub { s/^(value \S+ i1) \S+/$1 seven/m });
refused('an unknown rule', qr/altered:\d+: expected a rule that this/,
    sub { s/^rule mode/rule mood/m });
refused('a later version', qr/a recording of version 2, and this program/,
    sub { s/^xasd recording 1/xasd recording 2/ });
refused('another file', qr/no recording of xasd/, sub { $_ = "{}\n" });

# Cut in a line as by a full disk; without what came out, as made by hand.
my $said = $b->run('xasctl', 'replay', file_with('cut',
    sub { $_ = substr $_, 0, index($_, "\n", index($_, "\nend ") + 3000) - 9 }));
is($?, 0, 'cut within a line: exit 0');
like($said, qr/cut within a line: replayed up to there/, 'which is said');
like($said, qr/1 as recorded, 0 other/, 'the scan before it is compared');
$said = $b->run('xasctl', 'replay', file_with('bare',
    sub { s/^(begin|end) .*\n//mg; s/^.*\n\K/# by hand\n\n/ }));
is($?, 0, 'without outcomes: exit 0');
like($said, qr/3 scans: 0 as recorded, 0 other than recorded, 3 not/, 'said');
done_testing();
