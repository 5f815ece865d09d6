#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# SIGHUP: another PV takes over when the running scan has ended; what needs a
# restart or cannot be read changes nothing and is said.
use strict;
use warnings;
use lib '..';
use Test::More;
use XasBeamline;

my $b = XasBeamline->new;
my $conf = "$b->{work}/xasd.conf";
open my $in, '<', "$b->{top}/etc/xasd.conf" or die $!;
my $text = do { local $/; <$in> };
close $in;

sub write_conf {
    open my $out, '>', $conf or die $!;
    print $out $_[0];
    close $out;
}
sub reload { kill 'HUP', $b->pid('xasd') }
sub said { my ($what) = @_; $b->wait_for(sub { $b->log_of('xasd') =~ $what }) }

write_conf($text);
$ENV{XASD_CONF} = $conf;
ok($b->start_all, 'started');

write_conf($text . 'colour = "red";');
reload();
ok(said(qr/not reloaded: \S*xasd\.conf:\d+: colour/), 'an unknown key is named');
write_conf($text =~ s/name = "BL1N2"/name = "BL2N1"/r);
reload();
ok(said(qr/not reloaded: .*name: a change .*needs a restart/),
   'a new name needs a restart');

# The scan that runs keeps its PVs, the next one has the new ones.
$b->put('BL5S1:Dwell', 0.003);
$b->put('BL5S1:Sample', 'FeCl2');
$b->run('caput', '-w', 5, 'BL5S1:Start', 1);
ok($b->wait_for(sub { $b->get('BL5S1:XASD:Scan:State') eq 'scanning' }),
   'a scan runs');
(my $other = $text) =~ s/detection = "transmission"/detection = "fluorescence"/;
$other =~ s/^\s*i1 .*\n//m;
write_conf($other);
reload();
ok(said(qr/in force when the running scans have ended/), 'the scan goes first');
ok(said(qr/xasd\.conf is in force\n/), 'then the new one is in force');
is($b->sql('SELECT exit, points = planned, detection FROM scan WHERE id = 1'),
   'complete|1|transmission', 'the scan ended whole, under the old one');
ok($b->wait_connected, 'connected again');
$b->put('BL5S1:Dwell', 0.002);
ok($b->measure('BL5S1', 'FeCl2'), 'the next scan');
is($b->sql("SELECT exit, points = planned, detection FROM scan WHERE id = 2"),
   'complete|1|fluorescence', 'is under the new one');
is($b->sql("SELECT group_concat(name) FROM (SELECT name FROM scan_channel
            WHERE scan = 2 AND type = 'f64' ORDER BY name)"),
   'energy,fluor,i0', 'with its channels only');

# What clients have said outlives a reload.
$other =~ s/^\s*(sample|formula) += "BL1N2:.*\n//mg;
$b->put('BL1N2:XASD:Ctl:Enable', 0);
ok($b->wait_for(sub { $b->get('BL1N2:XASD:Scan:State') eq 'disabled' }),
   'a station is disabled');
write_conf($other);
reload();
ok(said(qr/(xasd\.conf is in force\n.*){2}/s), 'the sample is no PV now');
ok($b->wait_connected, 'connected again');
is($b->get('BL1N2:XASD:Scan:State'), 'disabled', 'it still is');
$b->put('BL1N2:XASD:Ctl:Enable', 1);
$b->put('BL1N2:XASD:Ctl:Sample', "  batch 7\t");
reload();
ok(said(qr/(xasd\.conf is in force\n.*){3}/s), 'once more');
ok($b->wait_connected, 'connected again');
$b->put('BL1N2:Dwell', 0.002);
ok($b->measure('BL1N2', 'FeCl2'), 'a scan of it');
is($b->sql('SELECT sample FROM history WHERE scan = 3'), 'batch 7',
   'has the name given, without the space around it');
is($b->stop('xasd'), 0, 'exit 0');
done_testing();
