#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# The daemon over real Channel Access: a scan becomes a result, clients may
# command but not write, a stop in mid-scan keeps every point.
use strict;
use warnings;
use lib '..';
use Test::More;
use XasBeamline;

my $b = XasBeamline->new;
ok($b->start_all, 'stations and daemon are up, every PV connected')
    or do { diag $b->log_of('xasd'); BAIL_OUT('nothing to test') };

# Before the first scan nothing is claimed.
like($b->get_all('BL5S1:XASD:Pred:Hf'), qr/\bnan\b.*\bINVALID\b/,
     'no prediction yet: NaN and INVALID');
like($b->get_all('BL5S1:XASD:Feat:WlE'), qr/\bnan\b.*\bINVALID\b/,
     'no feature yet: NaN and INVALID');
like($b->get_all('BL5S1:XASD:Pred:State'), qr/INVALID/, 'no state yet');

# A scan.
$b->put('BL5S1:Dwell', 0.002);
ok($b->measure('BL5S1', 'FeCl2'), 'a K scan gives a result');
is($b->sql("SELECT exit, points = planned, flagged, lost, element, edge
            FROM scan WHERE id = 1"), 'complete|1|0|0|Fe|K',
   'complete, nothing flagged or lost');
is($b->sql('SELECT count(*) FROM journal'), 0, 'the journal is empty again');
my $points = $b->sql('SELECT points FROM scan WHERE id = 1');
ok($b->wait_for(sub { $b->get('BL5S1:XASD:Scan:Saved') eq $points }),
   'Scan:Saved counts all of them');
like($b->get_all('BL5S1:XASD:Feat:WlE'), qr/\b71\d\d\.\d+/, 'a white line');
unlike($b->get_all('BL5S1:XASD:Feat:WlE'), qr/INVALID/, 'without alarm');
is($b->get('BL5S1:XASD:Pred:State'), 'no model', 'no model is active');
like($b->get_all('BL5S1:XASD:Pred:Hf'), qr/nan.*INVALID/,
     'so there is no number');
is($b->get('BL5S1:XASD:Pred:Sample.VAL$'), 'FeCl2', 'the sample is named');
like($b->get_all('BL5S1:XASD:Cal:Status'), qr/none.*MINOR/,
     'no foil: an alarm');
like($b->get_all('BL5S1:XASD:Cal:Shift'), qr/ 0 .*MINOR/, 'no shift');
like($b->get_all('BL5S1:XASD:Cal:Age'), qr/nan.*MINOR/, 'no age, no fault');
my ($stamp) = $b->get_all('BL5S1:XASD:Feat:WlE') =~ /(\d\d:\d\d:\d\d\.\d{3})/;
is($b->sql("SELECT strftime('%H:%M:%S', end_ns / 1000000000, 'unixepoch',
            'localtime') || printf('.%03d', end_ns / 1000000 % 1000)
            FROM scan WHERE id = 1"), $stamp,
   'the stamp is that of the last point');

# Security, from a process of its own.
sub denied { return $b->run('caput', '-w', 5, @_) =~ /access denied/i }
ok(denied('BL5S1:XASD:Pred:Hf', 1), 'Pred:Hf cannot be written');
ok(denied('BL5S1:XASD:Pred:Hf.INP', 'x'), 'nor its INP');
ok(denied('BL5S1:XASD:Ctl:EndScan.OUT', '@BL1N2 ctl.end_scan'),
   'the OUT of a command cannot be written');
ok(denied('BL5S1:XASD:Ctl:EndScan.SCAN', '1 second'), 'nor its SCAN');
ok(denied('BL5S1:XASD:Ctl:EndScan.DTYP', 'Soft Channel'), 'nor its DTYP');
ok(denied("BL5S1:XASD:$_", 1), "nor $_")
    for qw(Ctl:EndScan.PROC Ctl:EndScan.DISP Ctl:EndScan.HIGH Ctl:Sample.SIZV
           Ctl:Sample.ASG Pred:Hf.PROC Pred:Hf.DISP Last:Energy);
ok(!denied('BL5S1:XASD:Ctl:EndScan', 1), 'its value can');
ok(!denied('-S', 'BL5S1:XASD:Ctl:Sample.VAL$', 'a long name'),
   'so can a long text');
ok(denied('XASD:Heartbeat', 0), 'the daemon cannot be written');

# An operator ends a scan.
sub slow_scan {
    my ($station, $sample, $from) = @_;
    $b->put("$station:Dwell", 0.02);
    $b->put("$station:Sample", $sample);
    $b->run('caput', '-w', 5, "$station:Start", 1);
    return $b->wait_for(sub {
        ($b->get("$station:XASD:Scan:Saved") || 0) >= $from
            && $b->get("$station:XASD:Scan:State") eq 'scanning'
    });
}
ok(slow_scan('BL1N2', 'FeCl2', 25), 'points are saved while it scans');
is($b->get('BL5S1:XASD:Scan:State'), 'idle', 'the other station is idle');
$b->put('BL1N2:XASD:Ctl:EndScan', 1);
ok($b->wait_for(sub {
    $b->sql('SELECT exit FROM scan WHERE id = 2') eq 'aborted' }),
   'Ctl:EndScan closes it as aborted');
$b->put('BL1N2:Stop', 1);
$b->wait_for(sub { $b->get('BL1N2:Busy') =~ /^(0|idle|done)/i });

# Reject the last scan.
$b->put('BL5S1:XASD:Ctl:Reject', 1);
ok($b->wait_for(sub { $b->sql('SELECT rejected FROM scan WHERE id = 1') }),
   'Ctl:Reject marks the scan');

# Stop in mid-scan, start again.
ok(slow_scan('BL5S1', 'NiCl2', 25), 'a long scan runs');
my $saved = $b->get('BL5S1:XASD:Scan:Saved');
is($b->stop('xasd'), 0, 'SIGTERM in mid-scan: exit 0');
cmp_ok($b->sql('SELECT coalesce(sum(n), 0) FROM journal'), '>=', $saved,
       'every point counted as saved is there');
is($b->sql('PRAGMA integrity_check'), 'ok', 'the database is sound');
$b->put('BL5S1:Stop', 1);
$b->wait_for(sub { $b->get('BL5S1:Busy') =~ /^(0|idle|done)/i });
$b->clear_log('xasd');
$b->start_xasd;
ok($b->wait_connected, 'started again');
ok($b->wait_for(sub {
    $b->sql("SELECT exit FROM scan WHERE id = 3") eq 'interrupted' }),
   'the scan is closed as interrupted');
cmp_ok($b->sql('SELECT points FROM scan WHERE id = 3'), '>=', $saved,
       'with its points');

# The last result is there before anything is measured.
ok($b->measure('BL1N2', 'CoCl2'), 'an L scan') if $b->put('BL1N2:Dwell', 0.002);
my @before = $b->get_all('BL1N2:XASD:Feat:L3E');
is($b->stop('xasd'), 0, 'a quiet stop: exit 0');

# A scan left open at a station that has been taken out of the configuration.
my $shown = $b->sql("SELECT max(id) FROM scan WHERE station = 'BL5S1'
                     AND state = 'closed'");
$b->sql("UPDATE scan SET state = 'open', exit = NULL, station = 'GONE'
         WHERE id = 2");
$b->start_xasd;
ok($b->wait_for(sub { $b->get('XASD:Heartbeat') ne '' }), 'and a start');
is_deeply([$b->get_all('BL1N2:XASD:Feat:L3E')], \@before,
          'the value is restored with its stamp');
ok($b->wait_for(sub {
    $b->sql('SELECT state FROM scan WHERE id = 2') eq 'closed' }),
   'a scan of a station that is gone is closed');
my $made = $b->sql('SELECT count(*) FROM prediction');
$b->put('BL1N2:XASD:Ctl:Reprocess', 1); # what the worker does after it
ok($b->wait_for(sub { $b->sql('SELECT count(*) FROM prediction') > $made }),
   'Ctl:Reprocess predicts again');
is($b->get('BL5S1:XASD:Last:ScanNumber'), $shown, 'and shown by no other');

# Faster than Channel Access: what it drops is counted, where it was dropped.
ok($b->wait_connected, 'connected');
$b->put('BL5S1:Resample', 3000);
$b->put('BL5S1:Dwell', 0);
ok($b->measure('BL5S1', 'FeCl2'), 'a scan without a pause');
my ($have, $lost) = split /\|/,
    $b->sql('SELECT points, lost FROM scan ORDER BY id DESC LIMIT 1');
is($have + $lost, 3000, "$have points came, $lost are known to be lost");
ok($b->wait_for(sub { $b->get('BL5S1:XASD:Ca:Lost') eq $lost }),
   'Ca:Lost counts them');
is($b->get('BL1N2:XASD:Ca:Lost'), 0, 'none at the other station');
is($b->stop('xasd'), 0, 'exit 0');
is($b->stop('xassim'), 0, 'the stations end with 0 too');
done_testing();
