#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# kill -9 at random moments of running scans: no point that Scan:Saved had
# counted is lost, the scan is resumed or closed, the next one is clean.
# XASD_KILLS kills instead of six (make test-faults), but not longer than
# XASD_KILL_S; XASD_SEED as printed.
use strict;
use warnings;
use lib '..';
use Test::More;
use Time::HiRes 'sleep';
use XasBeamline;

my $kills = $ENV{XASD_KILLS} || 6;
my $until = time + ($ENV{XASD_KILL_S} || 1500);
my $seed = $ENV{XASD_SEED} || time;
srand $seed;
note "XASD_SEED=$seed";
my @station = ('BL5S1', 'BL1N2');
my $b = XasBeamline->new;
ok($b->start_all, 'stations and daemon are up')
    or do { diag $b->log_of('xasd'); BAIL_OUT('nothing to test') };

# What clients are told is saved: number and count of one post have one stamp.
sub watch {
    $b->start(monitor => 'camonitor', '-n',
        map { ("$_:XASD:Scan:Number", "$_:XASD:Scan:Saved") } @station);
}
my %told;
sub note_told {
    my %post;
    for (split /\n/, $b->log_of('monitor')) {
        $post{"$1 $3"}{$2} = $4
            if /^(\w+):XASD:Scan:(Number|Saved)\s+(\S+ \S+)\s+(\d+)/;
    }
    for my $p (values %post) {
        my ($scan, $n) = @$p{qw(Number Saved)};
        $told{$scan} = $n
            if defined $scan && defined $n && $n > ($told{$scan} // -1);
    }
    $b->clear_log('monitor');
}

sub lacking {
    my %have = map { split /\|/ } split /\n/, $b->sql("SELECT s.id,
        CASE state WHEN 'open' THEN
            (SELECT coalesce(sum(n), 0) FROM journal j WHERE j.scan = s.id)
            ELSE points END FROM scan s");
    return join '; ', map { "scan $_: $told{$_} told, " . ($have{$_} // 'none') }
        grep { ($have{$_} // -1) < $told{$_} } sort keys %told;
}

sub quiet {
    return $b->wait_for(sub {
        $b->sql("SELECT count(*) FROM scan WHERE state = 'open'") eq '0'
            && !grep { $b->get("$_:Busy") !~ /^(0|idle|done)/i } @station;
    });
}

my $i = 0;
while ($i++ < $kills && time < $until) {
    watch();
    my $dwell = (0.0005, 0.002, 0.005)[rand 3];
    for my $station (rand() < 0.5 ? @station : $station[rand 2]) {
        $b->put("$station:Dwell", $dwell);
        $b->put("$station:Sample", (qw(FeCl2 NiCl2 CoBr2))[rand 3]);
        $b->run('caput', '-w', 5, "$station:Start", 1);
    }
    sleep rand 0.8;
    $b->stop('xasd', 'KILL');
    $b->stop('monitor');
    note_told();
    is(lacking(), '', "kill $i at $dwell s a point: all that was told is there");
    is($b->sql('PRAGMA integrity_check'), 'ok', 'the database is sound');
    $b->start_xasd;
    $b->wait_connected or do { fail('no restart'); diag $b->log_of('xasd') };
}
note $i - 1, " of $kills kills";
ok(quiet(), 'every scan is closed');
is(lacking(), '', 'with its points');
is($b->sql("SELECT group_concat(id) FROM scan WHERE exit NOT IN
    ('complete', 'lossy', 'interrupted') OR points + lost > planned
    OR (exit = 'complete' AND points <> planned)"), '',
    'as what it was: complete, lossy or interrupted');
is($b->sql('SELECT count(*) FROM journal'), 0, 'the journal is empty');

# Killed between the start of a scan and its first points in the journal: there
# is nothing to resume, and what follows has all its channels.
$b->put('BL5S1:Dwell', 0.1);
$b->run('caput', '-w', 5, 'BL5S1:Start', 1);
ok($b->wait_for(sub {
    $b->sql("SELECT count(*) FROM scan WHERE state = 'open'") }), 'a scan begins');
$b->stop('xasd', 'KILL');
note 'journalled: ', $b->sql('SELECT count(*) FROM journal');
$b->start_xasd;
ok($b->wait_connected, 'the daemon comes back');
ok($b->wait_for(sub { $b->get('BL5S1:XASD:Scan:State') eq 'scanning'
    && ($b->get('BL5S1:XASD:Scan:Saved') || 0) > 5 }), 'and takes its points');
$b->put('BL5S1:Stop', 1);
ok(quiet(), 'the scan ends');
is($b->sql("SELECT count(*) FROM scan s WHERE points > 0 AND
    (SELECT count(*) FROM scan_channel c WHERE c.scan = s.id
     AND c.name IN ('energy', 'i0')) < 2"), 0, 'each scan has its readings');
$b->put('BL5S1:Dwell', 0.0005);
ok($b->measure('BL5S1', 'FeCl2'), 'the next scan');
is($b->sql('SELECT exit, points = planned, flagged, lost FROM scan
    ORDER BY id DESC LIMIT 1'), 'complete|1|0|0', 'is clean');
is($b->stop('xasd'), 0, 'exit 0');
done_testing();
