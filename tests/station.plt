#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# From PVs on the wire to scans: fast, with a constant channel, with losses,
# with a restart of the IOC.
use strict;
use warnings;
use lib '..';
use Test::More;
use Time::HiRes qw(sleep time);
use XasWire qw(freePort wireEnvironment launch);

my $softIoc = XasWire::baseProgram('softIoc');
plan skip_all => 'no softIoc in this EPICS Base' unless $softIoc;

my $port = freePort();
my $repeater = wireEnvironment($port);

sub startIoc {
    my $ioc = launch($softIoc, '-d', '../station.db');
    ok($ioc->expect(qr/iocRun: All initialization complete/), 'IOC runs');
    return $ioc;
}

# Points FROM..TO at so many a second (0: as fast as it goes); the IOC has made
# them all when this returns.
sub points {
    my ($ioc, $from, $to, $rate) = @_;
    my $start = time;
    for my $n ($from .. $to) {
        if ($rate) {
            my $ahead = ($n - $from) / $rate - (time - $start);
            sleep $ahead if $ahead > 0.0005;
        }
        $ioc->say("dbpf P:Step $n");
        drained($ioc) if $n % 500 == 0; # its echo must not fill the pipe
    }
    drained($ioc);
    return ($to - $from + 1) / (time - $start);
}

sub drained {
    my ($ioc) = @_;
    $ioc->say('echo drained');
    $ioc->expect(qr/drained/, 60);
    $ioc->seen;
    return;
}

my $ioc = startIoc();
my $station = launch('./stationPrint', qw(energy=P:Energy i0=P:I0 i1=P:I1
    i2=P:Const commit=P:Point sequence=P:Point active=P:Busy sample=P:Sample));
ok($station->expect(qr/all 7 PVs connected/),
    'all connected');

# i2 never posts: it is asked at each point
$ioc->say('dbpf P:Sample "NaCl"', 'dbpf P:Busy 1');
points($ioc, 1, 300, 300);
$ioc->say('dbpf P:Busy 0');
like($station->expect(qr/^scan/),
    qr/^scan complete points 300 lost 0 flagged 0 wrong 0 gets 301 sample "NaCl"/,
    'a constant channel is asked');

# The next scan starts in the tracks of the last one.  At this rate a server on
# a machine under load overwrites values: then each point lost is told, and
# none is made of two.
$ioc->say('dbpf P:Busy 1');
my $rate = points($ioc, 1, 4000, 2000);
$ioc->say('dbpf P:Busy 0');
my $scan = $station->expect(qr/^scan/);
my ($exit, $n, $lost, $wrong) =
    $scan =~ /^scan (\w+) points (\d+) lost (\d+) flagged \d+ wrong (\d+)/;
is($n + $lost, 4000, sprintf '4000 points at %.0f a second, %d lost', $rate,
    $lost);
is($wrong, 0, 'none is made of two');
is($exit, $lost ? 'lossy' : 'complete', 'and it says so');

# the client stands still until the server must overwrite values: a stress test,
# in make test-faults only
sub stall {
    $ioc->say('dbpf P:Busy 1');
    points($ioc, 1, 10, 100);
    ok($station->expect(qr/^start/), 'a scan runs');
    kill 'STOP', $station->{pid};
    points($ioc, 11, 60000, 0);
    kill 'CONT', $station->{pid};
    points($ioc, 60001, 60010, 100);
    $ioc->say('dbpf P:Busy 0');
    my $scan = $station->expect(qr/^scan/, 60) // '';
    diag $scan;
    my ($exit, $n, $lost, $wrong) =
        $scan =~ /^scan (\w+) points (\d+) lost (\d+) .* wrong (\d+)/;
    is($exit, 'lossy', 'values overwritten by the server: lossy');
    is($n + $lost, 60010, 'each lost point is counted');
    is($wrong, 0, 'no point is made of two without being flagged');
    return;
}
if ($ENV{XASD_KILLS}) { stall() }
else { diag 'overwritten values: not here, see make test-faults' }

# the IOC goes away in a scan
$ioc->say('dbpf P:Busy 1');
points($ioc, 1, 20, 100);
$ioc->end('KILL');
$ioc = startIoc();
# the last point may have been on its way
like($station->expect(qr/^scan/, 40),
    qr/^scan interrupted points (19|20) lost 0/,
    'the IOC was restarted: interrupted, its points are kept');
$ioc->say('dbpf P:Busy 1');
points($ioc, 1, 20, 100);
$ioc->say('dbpf P:Busy 0');
like($station->expect(qr/^scan/), qr/^scan complete points 20 lost 0/,
    'and the next scan is whole');
is($station->finish, 0, 'stops');

# no PV tells of a scan: its points do
$station = launch('./stationPrint', qw(energy=P:Energy i0=P:I0 i1=P:I1
    commit=P:Point sample=P:Sample idle_s=1));
ok($station->expect(qr/all 5 PVs connected/), 'all connected, none is active');
points($ioc, 101, 120, 100);
points($ioc, 101, 130, 100);
like($station->expect(qr/^scan/),
    qr/^scan complete points 20 lost 0 .* reason the energy went back after 20/,
    'the energy goes back: a scan, from its first point on');
like($station->expect(qr/^scan/),
    qr/^scan complete points 30 lost 0 .* wrong 0 .* reason idle after 30/,
    'and another, until nothing comes');
is($station->finish, 0, 'stops');
done_testing();
