#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# What must not be believed says so, over Channel Access: no model, another
# edge, a metal or a ligand class that was not in training, a formula that does
# not fit, another calibration, another detection mode.
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
write_conf($text);
$ENV{XASD_CONF} = $conf;
ok($b->start_all, 'stations and daemon are up')
    or do { diag $b->log_of('xasd'); BAIL_OUT('nothing to test') };
$b->put("$_:Dwell", 0.001) for 'BL5S1', 'BL1N2';

# One scan, and the record's state, severity, alarm text and words of it.
sub shows {
    my ($station, $sample, $state, $severity, $words) = @_;
    my $p = "$station:XASD:Pred";
    ok($b->measure($station, $sample), "$sample at $station");
    my $scan = $b->sql('SELECT max(scan) FROM prediction');
    $b->wait_for(sub { $b->get("$p:Commit") eq $scan });
    my @is = $b->get("$p:State", "$p:Hf.SEVR", "$p:Hf.AMSG",
        "$p:Reason.VAL\$", "$p:State.SEVR");
    ok($is[0] =~ $state && $is[1] eq $severity && $is[4] eq $severity,
        "  $is[0], $is[1]") or diag explain \@is;
    like($is[2], qr/^$words/, '  the alarm says why');
    like($is[3], qr/^$words/, '  and the reason');
}

shows('BL5S1', 'FeF2', qr/^no model$/, 'INVALID', 'no active model of K');
for my $sample (qw(FeCl2 FeBr2 CoF2 CoCl2 CoBr2 NiF2 NiCl2 NiBr2)) {
    $b->put('BL5S1:Sample', $sample);
    $b->put('BL5S1:Start', 1, $XasWire::patience);
}
ok($b->wait_for(sub { $b->sql('SELECT count(*) FROM prediction') == 9 }),
    'nine halides');
my @xasctl = ('xasctl', '-d', "$b->{work}/xasd.db");
$b->run(@xasctl, 'reference', 'import', "$b->{top}/etc/halides.csv");
like($b->run(@xasctl, qw(train --kind K --activate)), qr/SYNTHETIC/, 'trained');
ok($b->wait_for(sub { $b->get('BL5S1:XASD:Pred:State') ne 'no model' }),
    'the daemon has noticed');

shows('BL1N2', 'FeCl2', qr/^no model$/, 'INVALID', 'no active model of L');
shows('BL5S1', 'CuCl2', qr/^extrapolating$/, 'MAJOR', 'no Cu in training');
shows('BL5S1', 'FeI2', qr/^extrapolating$/, 'MAJOR', 'no iodide in training');
shows('BL5S1', 'FeCl2', qr/^single edge$/, 'MINOR',
    'K edge only; SYNTHETIC; in training: l');

# Somebody has mistaken the sample.
$b->put('BL5S1:Sample', 'FeF2');
$b->put('BL5S1:Formula', 'FeBr2');
$b->put('BL5S1:Start', 1, $XasWire::patience);
my $p = 'BL5S1:XASD:Pred';
ok($b->wait_for(sub { $b->get("$p:Formula.VAL\$") eq 'FeBr2' }),
    'fluoride by its spectrum, bromide by its formula');
my @hf = $b->get("$p:Hf.SEVR", "$p:Hf.AMSG", "$p:Delta.SEVR", "$p:Delta",
    "$p:DeltaLimit");
ok($hf[0] ne 'NO_ALARM' && $hf[2] eq 'MINOR' && abs($hf[3]) > $hf[4],
    'an alarm at the value and at the difference') or diag explain \@hf;
like($hf[1], qr/^formula_mismatch: [+-]\d+ kJ\/mol/, 'which says why');

# Or mistyped its formula.
for my $wrong (['FeXx2', 'formula cannot be read'],
    ['NaF', 'no Fe in the formula']) {
    my ($formula, $words) = @$wrong;
    $b->put('BL5S1:Formula', $formula);
    $b->put('BL5S1:Start', 1, $XasWire::patience);
    ok($b->wait_for(sub { $b->get("$p:Formula.VAL\$") eq $formula }), $formula);
    my @is = $b->get("$p:Hf.SEVR", "$p:Hf.AMSG");
    ok($is[0] ne 'NO_ALARM' && $is[1] =~ /^$words/, "  $is[0], $is[1]");
}

# What hangs on the calibration.
my ($slope, $err, $severity) = $b->get("$p:dHfdE", "$p:HfErr",
    "$p:dHfdE.SEVR");
is($severity, 0.5 * abs($slope) > $err / 2 ? 'MINOR' : 'NO_ALARM',
    "0.5 eV against the interval: $slope, $err");

# Another configuration, in force for the next scan.
sub reload {
    my ($what, $new) = @_;
    my $times = () = $b->log_of('xasd') =~ /conf is in force\n/g;
    write_conf($new);
    kill 'HUP', $b->pid('xasd');
    ok($b->wait_for(sub {
        my $now = () = $b->log_of('xasd') =~ /conf is in force\n/g;
        return $now > $times && $b->wait_connected;
    }), $what);
}

# A foil calibrates the scan, which none did for the model's.
(my $foil = $text) =~ s/# (i2\s+= "BL5S1:I2";)/$1/;
reload('with a foil', $foil);
shows('BL5S1', 'FeCl2', qr/^single edge$/, 'MINOR',
    qr/calibration is not the model.*; K edge/); # caget escapes the "'"

# Measured in another way than the model's scans.
(my $other = $text) =~ s/detection = "transmission"/detection = "fluorescence"/;
$other =~ s/^\s*i1 .*\n//m;
reload('another detection', $other);
shows('BL5S1', 'FeCl2', qr/^not computed$/, 'INVALID',
    'scan is fluorescence, model transmissi');
is($b->get("$p:Hf"), 'nan', 'and no number');
is($b->stop('xasd'), 0, 'exit 0');
done_testing();
