#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Each of etc/presets, with nothing changed but the PV names, watches a
# simulated station of its kind: a scan comes out complete, and has features.
use strict;
use warnings;
use lib '..';
use Test::More;
use XasBeamline;

my $b = XasBeamline->new;

sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', "$b->{work}/$name" or die "$name: $!\n";
    print $out $text;
    close $out or die "$name: $!\n";
    return "$b->{work}/$name";
}

sub preset {
    my ($name, %pv) = @_;
    open my $in, '<', "$b->{top}/etc/presets/$name.conf" or die "$name: $!\n";
    local $/;
    my $text = <$in>;
    for my $old (sort { length $b <=> length $a } keys %pv) {
        $text =~ s/"\Q$old\E/"$pv{$old}/g or die "$name has no $old\n";
    }
    return write_file("$name.conf", $text);
}

# name, station, settings of the simulation, PV names there, what the scan must
# be: exit, whether as long as planned, flagged, lost, mode, detection.
my @cases = (
    ['step-k', 'BL5S1', { Mode => 0, Dwell => 0.01 },
        { 'BL5S1:Mono:Energy' => 'BL5S1:Energy', 'BL5S1:IC1' => 'BL5S1:I0',
          'BL5S1:IC2' => 'BL5S1:I1', 'BL5S1:IC3' => 'BL5S1:I2',
          'BL5S1:Scan:Busy' => 'BL5S1:Busy',
          'BL5S1:Scan:Points' => 'BL5S1:Planned',
          'BL5S1:Scan:Point"' => 'BL5S1:Point"',
          'BL5S1:Scan:Aborted' => 'BL5S1:Aborted' },
        'complete|1|0|0|step|transmission'],
    ['step-tey', 'BL1N2', { Mode => 0, Dwell => 0.01 },
        { 'BL1N2:Mono:Energy' => 'BL1N2:Energy', 'BL1N2:Mesh:I' => 'BL1N2:I0',
          'BL1N2:Sample:I' => 'BL1N2:TEY', 'BL1N2:Scan:Busy' => 'BL1N2:Busy',
          'BL1N2:Scan:Points' => 'BL1N2:Planned',
          'BL1N2:Scan:Point"' => 'BL1N2:Point"',
          'BL1N2:Scan:Aborted' => 'BL1N2:Aborted',
          'SR:Current"' => 'BL1N2:RingCurrent"' },
        'complete|1|0|0|step|yield'],
    ['elements', 'BL', { Mode => 0, Dwell => 0.02, TauNs => 500 },
        { 'BL:Mono:Energy' => 'BL:Energy', 'BL:IC1' => 'BL:I0',
          'BL:Scan:Busy' => 'BL:Busy', 'BL:Scan:Points' => 'BL:Planned',
          'BL:Scan:Point"' => 'BL:Point"',
          'BL:SDD:dxp{1-19}:ElapsedROI' => 'BL:Roi{1-19}',
          'BL:SDD:dxp{1-19}:InputCountRate' => 'BL:Icr{1-19}',
          'BL:SDD:dxp{1-19}:OutputCountRate' => 'BL:Ocr{1-19}' },
        'complete|1|0|0|step|fluorescence'],
    ['sscan', 'BL', { Mode => 3, Dwell => 0.01 },
        { 'BL:scan1.' => 'BL:scan1:', 'BL:SampleName' => 'BL:Sample',
          'BL:SampleFormula' => 'BL:Formula' },
        'complete|1|0|0|step|transmission'],
    ['continuous', 'BL', { Mode => 1, Speed => 100, EnergyRate => 200,
            I0Rate => 100, SignalRate => 100 },
        { 'BL:Mono:EnergyRBV' => 'BL:Energy', 'BL:QE1:Current1' => 'BL:I0',
          'BL:QE1:Current2' => 'BL:I1', 'BL:Fly:Busy' => 'BL:Busy' },
        'complete|0|0|0|continuous|transmission'],
    ['quick-array', 'BL5S1', { Mode => 2, Sweeps => 2, Alternate => 1,
            Resample => 600, SweepTime => 1 },
        { 'BL5S1:Quick:Theta' => 'BL5S1:AngleArr',
          'BL5S1:Quick:I0' => 'BL5S1:I0Arr', 'BL5S1:Quick:I1' => 'BL5S1:I1Arr',
          'BL5S1:Quick:Sweep' => 'BL5S1:ArrDone' },
        'complete|0|0|0|array|transmission'],
);

my $sim = write_file('sim.cmd', <<'END');
on error break
var dbThreadRealtimeLock 0
xassimStation("BL5S1:", "K", "I0 I1 If")
xassimStation("BL1N2:", "L", "I0 TEY")
xassimStation("BL:", "K", "I0 I1 If", 19)
iocInit
END
{
    local $ENV{EPICS_CAS_SERVER_PORT} = $b->{sim_port};
    $b->start(xassim => 'xassim', $sim);
}

for my $case (@cases) {
    my ($name, $station, $set, $pv, $expected) = @$case;
    local $ENV{XASD_CONF} = preset($name, %$pv);
    local $ENV{XASD_DATABASE} = $b->{database} = "$b->{work}/$name.db";
    $b->clear_log('xasd');
    $b->start_xasd;
    my $up = $b->wait_for(sub {
        my @n = $b->get("$station:XASD:Ca:Connected",
            "$station:XASD:Ca:Expected");
        return @n == 2 && $n[0] ne '' && $n[0] eq $n[1];
    });
    ok($up, "$name: every PV connected") or diag $b->log_of('xasd');
    $b->put("$station:$_", $set->{$_}) for sort keys %$set;
    ok($up && $b->measure($station, 'FeCl2'), "$name: a scan has a result");
    is($b->sql("SELECT exit, points = coalesce(planned, 0), flagged, lost, mode,
        detection FROM scan ORDER BY id LIMIT 1"), $expected,
        "$name: as it should be") or diag $b->run('xasctl', '-d',
        $b->{database}, 'show', 1);
    cmp_ok($b->sql('SELECT count(*) FROM feature WHERE scan = 1 AND value IS
        NOT NULL'), '>', 5, "$name: features");
    is($b->stop(xasd => 'TERM'), 0, "$name: xasd stops");
}

$b->{database} = "$b->{work}/quick-array.db";
is($b->sql('SELECT group_concat(direction) FROM scan'), 'up,down',
    'the sweeps of a quick scan, up and down');

done_testing();
