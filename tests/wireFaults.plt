#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# The faults of faultTest over real Channel Access: each scan ends as it
# should, what is wrong is flagged, and every point without a flag is what the
# station measured there, to the last bit.
use strict;
use warnings;
use lib '..';
use Test::More;
use XasBeamline;

my $b = XasBeamline->new;
my $points = 60;

sub file {
    my ($name, $text) = @_;
    open my $out, '>', "$b->{work}/$name" or die $!;
    print $out $text;
    close $out;
    return "$b->{work}/$name";
}

$ENV{XASD_CONF} = file('xasd.conf', <<'END');
database = "${XASD_DATABASE}";
prefix = "XASD:";
stations = ( {
    name = "B"; prefix = "B:"; record = "XASD:";
    detection = "transmission"; edge = "K";
    i0_min = 1000; ring_min_mA = 100; point_timeout_s = 1.0;
    pv = { energy = "B:Energy"; i0 = "B:I0"; i1 = "B:I1"; commit = "B:Point";
           sequence = "B:Point"; active = "B:Busy"; planned = "B:Planned";
           aborted = "B:Aborted"; sample = "B:Sample"; formula = "B:Formula";
           ring_current = "B:RingCurrent"; inhibit = "B:TopUp"; };
    required = [ "sequence" ];
} );
END

# A simulated station, without the records named.
sub start_sim {
    my (@hidden) = @_;
    my $hide = join '', map { "xassimHide(\"B:$_\")\n" } @hidden;
    local $ENV{EPICS_CAS_SERVER_PORT} = $b->{sim_port};
    $b->start(xassim => 'xassim', file('st.cmd', <<"END"));
var dbThreadRealtimeLock 0
xassimStation("B:", "K", "I0 I1")
${hide}iocInit
END
}

sub connected {
    my ($missing) = @_;
    return $b->wait_for(sub {
        my @n = $b->get('B:XASD:Ca:Connected', 'B:XASD:Ca:Expected');
        @n == 2 && $n[0] ne '' && $n[0] eq $n[1] - ($missing // 0);
    });
}

my %fault; # put for the scan under way
sub set_up {
    $b->put('B:Sample', 'FeCl2');
    $b->put('B:Noise', 0);
    $b->put('B:Dwell', 0.004);
    $b->put('B:Points', $points);
}

start_sim;
$b->start_xasd;
ok(connected, 'the station and the daemon are up')
    or do { diag $b->log_of('xasd'); BAIL_OUT('nothing to test') };
set_up;

my $stored = 0;
sub stored {
    my ($n) = @_;
    $stored += $n // 1;
    return $b->wait_for(sub {
        $b->sql("SELECT count(*) FROM scan WHERE state = 'closed'") >= $stored;
    });
}

sub channel {
    my ($scan, $name, $letter) = @_;
    my $hex = $b->sql("SELECT hex(data) FROM scan_channel
                       WHERE scan = $scan AND name = '$name'");
    return unpack "$letter<*", pack 'H*', $hex;
}

# Points of a scan: energy, i0, i1, flags.
sub points {
    my ($scan) = @_;
    my @column = (map({ [channel($scan, $_, 'd')] } qw(energy i0 i1)),
        [channel($scan, 'flags', 'q')]);
    return map { my $i = $_; [map { $_->[$i] } @column] } 0 .. $#{ $column[0] };
}

my %truth; # by energy: what a scan without a fault has read
my %flag = (invalid => 1, disconnected => 2, late => 4, duplicate => 8,
    low_i0 => 16, stamp_bad => 32, glitch => 64, glitch_i0 => 128,
    no_beam => 256);

sub newest { return $b->sql('SELECT max(id) FROM scan') }

# "complete n60 lost0 invalid10": flags that are asked for.
sub summary {
    my ($scan, @flags) = @_;
    my ($exit, $n, $lost) = split /\|/,
        $b->sql("SELECT exit, points, lost FROM scan WHERE id = $scan");
    my @point = points($scan);
    my @count = map {
        my $name = $_;
        $name . scalar grep { $_->[3] & $flag{$name} } @point;
    } @flags;
    return join ' ', $exit, "n$n", "lost$lost", @count;
}

# Points that no flag spoils and that are not what was there.
sub invented {
    my ($scan) = @_;
    my $count = 0;
    for my $p (points($scan)) {
        next if $p->[3] & ~($flag{stamp_bad} | $flag{glitch_i0} | $flag{glitch});
        my $true = $truth{ $p->[0] };
        next if $true && $p->[1] == $true->[0] && $p->[2] == $true->[1];
        diag "point @$p, measured there: @{ $true // ['nothing'] }"
            unless $count++;
    }
    return $count;
}

sub scan {
    my (%put) = @_;
    $b->put("B:Fault:$_", $put{$_}) for keys %put;
    ok($b->put('B:Start', 1, $XasWire::patience), 'a scan with ' .
        join ', ', map { "$_ = $put{$_}" } sort keys %put) if %put;
    $b->put('B:Start', 1, $XasWire::patience) unless %put;
    my %off = (Stamp => 0, Empty => 0, NoGap => 0);
    $b->put("B:Fault:$_", $off{$_} // -1)
        for grep { !/(N|S|Ms)$/ && $_ ne 'Channel' } keys %put;
    return;
}

sub events {
    my ($scan) = @_;
    return $b->sql("SELECT group_concat(what, ' ') FROM
        (SELECT DISTINCT what FROM scan_event WHERE scan = $scan
         AND what <> 'start')");
}

scan();
ok(stored, 'a scan without fault is stored');
is(summary(1, 'late', 'invalid'), "complete n$points lost0 late0 invalid0",
    'as it should be');
%truth = map { $_->[0] => [@$_[1, 2]] } points(1);
is(scalar keys %truth, $points, 'an energy each');

# fault, flags to look at, outcome, scans
sub fault {
    my ($name, $put, $flags, $expected, $scans) = @_;
    scan(%$put);
    ok(stored($scans), "$name: stored") or diag $b->log_of('xasd');
    is(summary(newest(), @$flags), $expected, "$name: as expected")
        or diag events(newest());
    # of several scans only the first has the photons of all others
    is(invented(newest() - ($scans // 1) + 1), 0,
        "$name: nothing is invented");
}

fault('INVALID alarm', { InvalidAt => 10, InvalidN => 10 }, ['invalid'],
    "complete n$points lost0 invalid10");
fault('NaN', { NanAt => 20, NanN => 3 }, ['invalid'],
    "complete n$points lost0 invalid3");
fault('top-up, measured again', { TopUpAt => 10, TopUpN => 3 },
    [qw(no_beam duplicate)], 'complete n' . ($points + 3)
    . ' lost0 no_beam3 duplicate3');
fault('beam dump', { DumpAt => 40, DumpN => 0 }, [qw(low_i0 no_beam)],
    "beam_lost n$points lost0 low_i020 no_beam20");
fault('duplicate energies', { DuplicateAt => 30, DuplicateN => 2 },
    ['duplicate'], 'complete n' . ($points + 2) . ' lost0 duplicate2');
fault('energy running backwards', { BackAt => 30, BackN => 5 },
    ['duplicate'], 'complete n' . ($points + 5) . ' lost0 duplicate5');
# Where a machine under load holds the daemon up for more than 20 ms, the server
# may have overwritten readings, and without stamps none is surely its point's:
# those are flagged late then.  That none is in a quiet time is faultTest's.
fault("stamps: $_", { Stamp => $_, StampAt => 10, StampN => 10 },
    ['stamp_bad'], "complete n$points lost0 stamp_bad10")
    for qw(Future 1990 Undefined);
# Whether the get that a silent channel causes finds the reading before it or
# its own is a matter of time: each of the five is right or flagged.
fault('a channel behind its commit',
    { LateAt => 10, LateN => 5, LateMs => 2 }, [],
    "complete n$points lost0");
like(summary(newest(), 'late'), qr/late[0-5]$/, 'none but those is late');
fault('abort', { AbortAt => 25 }, [], 'aborted n25 lost0');
fault('no point', { Empty => 1 }, [], 'aborted n0 lost0');
$b->put('B:Points', 3);
fault('three points', {}, [], 'complete n3 lost0');
$b->put('B:Points', $points);
fault('two scans without a gap', { NoGap => 1 }, [],
    "complete n$points lost0", 2);
is(summary(newest() - 1), "complete n$points lost0", 'and the first');

# Points that Channel Access drops: all counted, none mixed.
$b->put('B:Points', 0);
$b->put('B:Dwell', 0.002);
scan();
stored;
%truth = (%truth, map { $_->[0] => [@$_[1, 2]] } points(newest()));
my $all = $b->sql('SELECT points FROM scan ORDER BY id DESC LIMIT 1');
scan(BurstAt => 50, BurstN => 0);
ok(stored, 'a burst: stored');
my ($n, $lost, $exit) = split /\|/, $b->sql(
    'SELECT points, lost, exit FROM scan ORDER BY id DESC LIMIT 1');
is($n + $lost, $all, "a burst: $n points and $lost lost are all");
is($exit, $lost ? 'lossy' : 'complete', 'and it is said');
is(invented(newest()), 0, 'nothing is invented');
set_up;

# The station's process is killed in mid-scan, and comes back.
$b->put('B:Dwell', 0.02);
$b->run('caput', '-w', 5, 'B:Start', 1);
ok($b->wait_for(sub {
    my ($state, $n) = $b->get('B:XASD:Scan:State', 'B:XASD:Scan:Points');
    $state eq 'scanning' && $n >= 20;
}), 'a scan runs');
$b->stop('xassim', 'KILL');
start_sim('I1');
ok(stored, 'source killed and restarted: stored');
my $killed = newest();
like(summary($killed), qr/^interrupted n[2-5]\d lost0$/, 'as interrupted')
    or diag events($killed);
is(invented($killed), 0, 'nothing is invented');
like(events($killed), qr/disconnect/, 'the events tell');

# It has come back without one of its PVs.
ok(connected(1), 'all but one PV are there');
set_up;
fault('a PV that is not there', {}, ['disconnected'],
    "complete n$points lost0 disconnected$points");
$b->stop('xassim', 'TERM');
start_sim;
ok(connected, 'and all again');
set_up;
fault('afterwards', {}, [qw(late disconnected)],
    "complete n$points lost0 late0 disconnected0");
is($b->stop('xasd'), 0, 'exit 0');
done_testing();
