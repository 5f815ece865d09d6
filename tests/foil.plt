#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# A reference foil behind the sample, over Channel Access: each scan's energies
# are calibrated by its own I2, and the records and the database say so.
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
$text =~ s/# (i2\s+= "BL5S1:I2";)/$1/ or die "no i2 in etc/xasd.conf\n";
open my $out, '>', $conf or die $!;
print $out $text;
close $out;
$ENV{XASD_CONF} = $conf;
ok($b->start_all, 'stations and daemon are up')
    or do { diag $b->log_of('xasd'); BAIL_OUT('nothing to test') };

$b->put('BL5S1:Dwell', 0.002);
$b->put('BL5S1:Noise', 0);
ok($b->measure('BL5S1', 'FeCl2'), 'a scan with the foil');
is($b->get('BL5S1:XASD:Cal:Status'), 'foil', 'its own foil calibrates it');
is($b->get('BL5S1:XASD:Cal:Foil'), 'Fe', 'of the element measured');
my ($shift, $measured, $age) = $b->get('BL5S1:XASD:Cal:Shift',
    'BL5S1:XASD:Cal:Measured', 'BL5S1:XASD:Cal:Age');
# The simulated monochromator is right: half a step of 0.3 eV at most.
cmp_ok(abs($shift), '<', 0.15, "moved by $shift eV");
cmp_ok(abs($measured + $shift - 7112), '<', 1e-6, 'onto the table');
is($b->sql("SELECT state || ' ' || foil || ' ' || foil_eV FROM calibration"),
    'foil Fe 7112.0', 'kept in the history');
is($b->sql("SELECT count(*) FROM scan_channel WHERE name = 'i2'"), 1,
    'with the channel');
unlike($b->get_all('BL5S1:XASD:Cal:Shift'), qr/MINOR|MAJOR|INVALID/,
    'no alarm');
is($b->stop('xasd'), 0, 'exit 0');
done_testing();
