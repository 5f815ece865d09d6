#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# The database takes nothing: its file may not grow (as on a full disk), the
# disk is full, another program has locked it for 30 s, the memory for what
# waits is used up.  Acquisition goes on, results are shown as unsaved, nothing
# journalled is lost, and it recovers by itself.  The long ones with XASD_KILLS
# (make test-faults) only.
use strict;
use warnings;
use lib '..';
use Test::More;
use Time::HiRes 'time';
use XasBeamline;

my $b = XasBeamline->new;
my $long = $ENV{XASD_KILLS};

# A station whose database may use so little memory for what waits.
sub use_conf {
    my ($memory_MB) = @_;
    open my $in, '<', "$b->{top}/etc/xasd.conf" or die $!;
    my $text = do { local $/; <$in> };
    close $in;
    $text =~ s/^memory_MB = .*/memory_MB = $memory_MB;/m or die 'memory_MB';
    open my $out, '>', "$b->{work}/xasd.conf" or die $!;
    print $out $text;
    close $out;
    $ENV{XASD_CONF} = "$b->{work}/xasd.conf";
}

# In the daemon's own view of the files.
my @enter;
sub sql {
    my ($query) = @_;
    chomp(my $text = $b->run(@enter, 'sqlite3', '-batch', '-cmd',
        '.timeout 5000', $b->{database}, $query));
    return $text;
}

sub said { my ($what) = @_; $b->wait_for(sub { $b->log_of('xasd') =~ $what }) }
sub journalled {
    return sql("SELECT coalesce(sum(n), 0) FROM journal");
}
sub closed { sql("SELECT count(*) FROM scan WHERE state = 'closed'") }

my %uid;
sub start_scan {
    my ($station) = @_;
    $uid{$station} = $b->get("$station:XASD:Scan:Uid.VAL\$");
    $b->run('caput', '-w', 5, "$station:Start", 1);
}
sub scanning {
    my ($station) = @_;
    return $b->wait_for(sub {
        ($b->get("$station:XASD:Scan:Saved") || 0) >= 25
            && $b->get("$station:XASD:Scan:State") eq 'scanning' });
}
sub ended {
    my ($station, $done) = @_;
    return $b->wait_for(sub { $b->get("$station:Done") >= $done
        && $b->get("$station:XASD:Scan:Uid.VAL\$") ne $uid{$station}
        && $b->get("$station:XASD:Scan:State") eq 'idle' });
}
sub alive {
    my ($when) = @_;
    my $beat = $b->get('XASD:Heartbeat');
    ok($b->wait_for(sub { $b->get('XASD:Heartbeat') > $beat + 1 }, 10),
        "the daemon lives $when");
}

# What the database does not take now comes whole later: two scans that run
# across the fault, and one that begins and ends in it.
sub across {
    my ($what, $state, $break, $mend) = @_;
    my $before = closed();
    my @done = $b->get('BL5S1:Done', 'BL1N2:Done');
    $b->put("$_:Dwell", 0.004) for 'BL5S1', 'BL1N2';
    start_scan($_) for 'BL5S1', 'BL1N2';
    ok(scanning('BL5S1') && scanning('BL1N2'), "$what: both stations scan");
    my ($saved) = $b->get('BL5S1:XASD:Scan:Saved');
    $break->();
    ok(ended('BL5S1', $done[0] + 1) && ended('BL1N2', $done[1] + 1),
        'their scans end');
    ok($b->wait_for(sub { $b->get('XASD:Db:State') eq $state }, 20),
        "Db:State is $state");
    like($b->get_all('XASD:Db:State'), qr/(MINOR|MAJOR)/, 'with an alarm');
    ok($b->wait_for(sub {
        $b->get_all('BL5S1:XASD:Feat:WlE') =~ /\b71\d\d\.\d+/ }, 20),
        'features are shown');
    ok($b->wait_for(sub { $b->get('BL5S1:XASD:Pred:ScanNumber') eq '0' }, 20),
        'of a scan not stored yet');
    $b->put('BL5S1:Dwell', 0.001);
    start_scan('BL5S1');
    ok(ended('BL5S1', $done[0] + 2), 'one more begins and ends');
    alive('meanwhile');
    cmp_ok(journalled(), '>=', $saved, 'what was saved still is');
    $mend->();
    ok($b->wait_for(sub { closed() == $before + 3 }), 'all are stored');
    is(sql("SELECT count(*) FROM (SELECT * FROM scan
        WHERE state = 'closed' ORDER BY id DESC LIMIT 3)
        WHERE exit = 'complete' AND points = planned AND lost = 0
        AND flagged = 0"), 3, 'whole');
    ok($b->wait_for(sub { $b->get('XASD:Db:State') eq 'ok' }), 'and it is well');
    is(sql("SELECT count(*) FROM journal; PRAGMA integrity_check"),
        "0\nok", 'and sound');
}

sub lock_db {
    my $pid = open(my $lock, '|-', 'sqlite3', '-batch', $b->{database})
        or die $!;
    $lock->autoflush(1);
    print $lock ".timeout 20000\nBEGIN IMMEDIATE;\n.shell touch $b->{work}/locked\n";
    $b->wait_for(sub { -e "$b->{work}/locked" });
    unlink "$b->{work}/locked";
    return $lock;
}

$b->{database} = "$b->{work}/xasd.db";
use_conf(1);
ok($b->start_all, 'stations and daemon are up')
    or do { diag $b->log_of('xasd'); BAIL_OUT('nothing to test') };
$b->put("$_:Sample", 'FeCl2') for 'BL5S1', 'BL1N2';

# A limit on the size of its files.
SKIP: {
    my ($refused) = XasWire::run('prlimit', '--pid', $b->pid('xasd'),
        '--fsize=unlimited');
    skip 'no prlimit', 1 if $refused ne '0';
    across('no file may grow', 'failed',
        sub { XasWire::run('prlimit', '--pid', $b->pid('xasd'),
            '--fsize=4096:unlimited') },
        sub { XasWire::run('prlimit', '--pid', $b->pid('xasd'),
            '--fsize=unlimited') });
}

# Memory for what waits is used up: 1 MB here, a scan of 5000 points is 0.4 MB.
# The oldest are put into files, whole, the newest are stored.
$b->put('BL5S1:Dwell', 0.00025);
$b->put('BL5S1:Resample', 5000);
$b->put('BL5S1:Seed', 0); # equal scans would be imported once
my @points;
my ($before, $done) = (closed(), $b->get('BL5S1:Done'));
my $lock = lock_db();
for my $i (1 .. 4) {
    start_scan('BL5S1');
    ok(ended('BL5S1', $done + $i), "a long scan while locked, $i");
    push @points, $b->get('BL5S1:XASD:Scan:Points');
}
ok(said(qr/BL5S1: $points[0] points not in the database/), 'a scan is put aside');
ok($b->wait_for(sub { $b->get('XASD:Db:State') eq 'failed' }), 'Db:State');
like($b->get('XASD:Db:Text.VAL$'),
    qr/^\d scans? not stored, memory_MB is used up: /, 'and text say so');
close $lock;
ok($b->wait_for(sub { $b->get('XASD:Db:State') eq 'ok' }), 'well again');
my @aside = $b->log_of('xasd') =~ /they are in (\S+\.xdi)/g;
ok($b->wait_for(sub { closed() == $before + 4 - @aside }),
    @aside . ' of 4 are in files, the others are stored');
for my $file (@aside) {
    my ($status, $said) = XasWire::run("xasctl", "-d", $b->{database},
        "import", $file);
    is($status, 0, "a file can be imported") or diag $said;
}
is(sql("SELECT group_concat(points) FROM (SELECT points FROM scan
    WHERE points > 4000 ORDER BY points)"),
    join(",", sort @points), 'all four whole');
$b->put('BL5S1:Resample', 0);

if ($long) {
    my $until;
    across('locked for 30 s', 'busy',
        sub { $lock = lock_db(); $until = time + 30 },
        sub { $b->wait_for(sub { time > $until }, 40); close $lock });
}
is($b->stop('xasd'), 0, 'exit 0');

# A disk that is full: a small one of memory, seen by the daemon only.
sub start_on_disk {
    my ($folder, @unshare) = @_;
    local $ENV{EPICS_CAS_SERVER_PORT} = $b->{xasd_port};
    local $ENV{XASD_DATABASE} = "$folder/xasd.db";
    $b->start(xasd => @unshare, 'sh', '-c',
        'mount -t tmpfs -o size=6m xasd "$1" && exec xasd "$2"', 'sh', $folder,
        "$b->{top}/iocBoot/iocxasd/st.cmd");
}

SKIP: {
    my $folder = "$b->{work}/disk";
    my @unshare = grep { (XasWire::run(@$_, 'sh', '-c',
        "mkdir -p $folder && mount -t tmpfs -o size=1m xasd $folder"))[0] eq '0'
    } (['unshare', '-m'], ['unshare', '-Urm']);
    skip 'no mount namespace for a small disk here', 1 unless @unshare;
    $b->clear_log('xasd');
    start_on_disk($folder, @{ $unshare[0] });
    ok($b->wait_connected, 'a start on a small disk')
        or do { diag $b->log_of('xasd'); skip 'no start', 1 };
    @enter = ('nsenter', '-m', '-t', $b->pid('xasd'));
    push @enter, '-U', '--preserve-credentials' if $> != 0;
    $b->{database} = "$folder/xasd.db";
    across('the disk is full', 'failed',
        sub { $b->run(@enter, 'dd', 'if=/dev/zero', "of=$folder/fill",
            'bs=1k') },
        sub { $b->run(@enter, 'rm', "$folder/fill") });
    is($b->stop('xasd'), 0, 'exit 0');
}
done_testing();
