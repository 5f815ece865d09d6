#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# The ways a simulated station scans, as a client on Channel Access sees them.
# Without noise every reading is known: TruthE and TruthMu of the station, or
# arithmetic.
use strict;
use warnings;
use lib '..';
use List::Util qw(max min sum);
use Test::More;
use XasStation;
use XasWire qw(base caget);

plan skip_all => 'no EPICS_BASE' unless base();

my $at = XasStation->new(qq{xassimStation("K:", "K", "I0 I1 If", 19)\n}
    . qq{xassimStation("L:", "L", "I0 TEY")\n}
    . qq{xassimStation("H:", "K", "I0 I1")\nxassimHide("H:I1")});
$at->set($_, Sample => 'FeCl2') for qw(K: L: H:);

sub values_of { return XasStation::values_of(@_) }

# As many as it holds: a plain caget fills up with zeros.
sub numbers {
    my ($pv) = @_;
    my $n = caget("$pv.NORD");
    my ($status, $text) = XasWire::run(XasWire::baseProgram('caget'), '-t',
        '-g17', '-#', $n, $pv);
    my (undef, @values) = split ' ', $text;
    return @values;
}

# The largest difference of two lists, which must be equally long.
sub apart {
    my ($x, $y) = @_;
    return 1e300 unless @$x && @$x == @$y;
    return max(map { abs($x->[$_] - $y->[$_]) } 0 .. $#$x);
}

# Step: the truth of each point; sweeps in both directions.
{
    $at->plain('K:', Sweeps => 3);
    my @e = $at->scan('K:', {}, qw(Energy I0 I1 If Angle EnergySet Point Sweep
        Planned));
    my ($energy, $i0, $i1, $if, $angle, $set) =
        map { [values_of($_, @e)] } qw(Energy I0 I1 If Angle EnergySet);
    is(scalar @$energy, 120, 'three sweeps of 40 points');
    is((values_of('Planned', @e))[0], 120, 'as planned');
    is_deeply([@$energy[40 .. 79]], [reverse @$energy[0 .. 39]],
        'the second runs down');
    is_deeply([@$energy[80 .. 119]], [@$energy[0 .. 39]], 'the third up again');
    is_deeply([values_of('Point', @e)], [0 .. 119, -1], 'points count on');
    is_deeply([values_of('Sweep', @e)], [0, 1, 2], 'sweeps too');
    cmp_ok(apart($energy, [numbers('K:TruthE')]), '<', 1e-9, 'TruthE');
    cmp_ok(apart([map { log($i0->[$_] / $i1->[$_]) } 0 .. 119],
        [numbers('K:TruthMu')]), '<', 1e-9, 'ln(I0/I1) is TruthMu');
    my $degree = atan2(1, 1) / 45;
    cmp_ok(apart([map { 12398.419843 / (2 * 3.1356 * sin($_ * $degree)) }
        @$angle], $energy), '<', 1e-5, 'Bragg angle');
    is_deeply($set, $energy, 'EnergySet');
    $at->plain('K:', Points => 3, MoveReadings => 2, Return => 1, Sweeps => 1);
    my @moves = $at->scan('K:', {}, qw(EnergySet Energy I0 Point));
    is(join(' ', map { $_->{pv} } @moves), join(' ',
        (qw(EnergySet Energy Energy I0 Point)) x 3, 'Point', ('Energy') x 5),
        'read-backs on the way, and back');
    my @way = values_of('Energy', @moves);
    ok(abs($way[2] - ($energy->[0] + $energy->[1]) / 2) < 1e-9
        && $way[3] == $energy->[1] && $way[-1] == $energy->[0],
        'to where they should be');
    ok(!(grep { $moves[$_]{time} > $moves[$_ + 1]{time} } 0 .. 13),
        'before the counting');
    $at->plain('K:', Alternate => 0, Sweeps => 2, NoPoint => 1, Points => 5,
        Dark => 100);
    my @again = $at->scan('K:', {}, qw(Energy I0 Point));
    my @up = values_of('Energy', @again);
    ok(@up == 10 && "@up[0 .. 4]" eq "@up[5 .. 9]", 'two sweeps, both up');
    ok(!(grep { $_ >= 0 } values_of('Point', @again)), 'NoPoint');
    cmp_ok(apart([values_of('I0', @again)], [map { $_ + 100 } @$i0[0 .. 4],
        @$i0[0 .. 4]]), '<', 1e-9, 'dark counts');
    $at->set('K:', Alternate => 1);
}

# A scaler, the reference foil: its steepest rise is at the tabulated edge.
{
    $at->plain('K:', Resample => 1201, Dwell => 0.0005);
    my @e = $at->scan('K:', {}, qw(Energy I1 I2));
    my ($energy, $i1, $i2) = map { [values_of($_, @e)] } qw(Energy I1 I2);
    my @mu = map { log($i1->[$_] / $i2->[$_]) } 0 .. $#$i2;
    my ($best) = sort { $mu[$b + 1] - $mu[$b] <=> $mu[$a + 1] - $mu[$a] }
        0 .. $#mu - 1;
    my $edge = ($energy->[$best] + $energy->[$best + 1]) / 2;
    # half a step of the grid
    cmp_ok(abs($edge - 7112), '<', 0.3, "reference foil: edge at $edge eV");
    $at->plain('L:', Points => 4);
    my @s = $at->scan('L:', {}, qw(scaler:CNT scaler:VAL Point TEY));
    my @text = map { "$_->{pv}="
        . ($_->{pv} =~ /VAL|TEY/ ? 'x' : $_->{value}) } @s;
    is("@text", join(' ', map({ "scaler:CNT=1 scaler:VAL=x scaler:CNT=0 TEY=x "
        . "Point=$_" } 0 .. 3), 'Point=-1'), 'a scaler counts each point');
    ok(!(grep { $_ < 0.001 } values_of('scaler:VAL', @s)), 'and its time');
}

# Continuous: each stream at its own rate; what a stamp says is where the
# energy was, LagMs before for detectors.
{
    $at->plain('K:', Mode => 'Continuous', Dwell => 0.02, Resample => 50,
        Sweeps => 2, EnergyRate => 100, I0Rate => 30, SignalRate => 50,
        LagMs => 150);
    my @pvs = qw(Energy I0 I1 If Point);
    my @e = $at->scan('K:', {}, @pvs);
    my @posted = caget(map { "K:Posted$_" } @pvs);
    is(join(' ', map({ scalar(() = values_of($_, @e)) } @pvs[0 .. 3]),
        scalar(grep { $_ >= 0 } values_of('Point', @e))), "@posted",
        "all received: @posted");
    # 2 s; the ends may fall out
    ok(abs($posted[0] - 201) <= 1 && abs($posted[1] - 59) <= 1
        && abs($posted[2] - 99) <= 1, 'at their rates');
    my @track = map { [$_->{time}, $_->{value}] } grep { $_->{pv} eq 'Energy' }
        @e;
    my ($top) = sort { $track[$b][1] <=> $track[$a][1] } 0 .. $#track;
    ok(abs($top - $#track / 2) <= 1, 'up, then down');
    my ($from, $to) = ($track[0][1], $track[$top][1]);
    my $speed = ($to - $from) / 1.0;
    my @slope = sort { $a <=> $b } map { abs(($track[$_ + 1][1] - $track[$_][1])
        / ($track[$_ + 1][0] - $track[$_][0])) } 0 .. $#track - 1;
    # Median: a machine that is busy makes the monochromator wait.
    cmp_ok(abs($slope[@slope / 2] / $speed - 1), '<', 0.01,
        'at constant speed by its stamps');
    # Truth at the stamp less the lag: mean I1 over I0 depends on the energy.
    my @mu = numbers('K:TruthMu');
    my @i1 = grep { $_->{pv} eq 'I1' } @e;
    my @truthE = numbers('K:TruthE');
    my @off = sort { $a <=> $b } map {
        abs(energy_at(\@track, $i1[$_]{time}) - $truthE[$_]) } 5 .. $#i1 - 5;
    cmp_ok($off[@off / 2], '<', 0.2, "TruthE is the energy at I1's stamp");
    # I0 depends on the energy by 1 + 0.05 sin(E / 170): solve for it.
    my @lag = sort { $a <=> $b } map {
        my $true = asin(($_->{value} / 4e5 - 1) / 0.05);
        my $seen = energy_at(\@track, $_->{time});
        ($seen - nearest($true * 170, $seen - 0.15 * $speed)) / $speed
    } grep { $_->{pv} eq 'I0' && between(\@track, $_->{time}, $top) } @e;
    cmp_ok(abs($lag[@lag / 2] - 0.15), '<', 0.003,
        sprintf 'detectors lag by %.4f s', $lag[@lag / 2]);
}

sub asin { my ($x) = @_; return atan2($x, sqrt(1 - $x * $x)) }

# An energy whose sine over 170 is that of `angle` * 170, nearest to a guess.
sub nearest {
    my ($e, $guess) = @_;
    my $turn = 2 * 170 * 4 * atan2(1, 1);
    my $half = $turn / 2;
    my @of = map { my $k = $_; ($e + $k * $turn, $half - $e + $k * $turn) }
        -1 .. 12;
    my ($best) = sort { abs($a - $guess) <=> abs($b - $guess) } @of;
    return $best;
}

sub energy_at {
    my ($track, $time) = @_;
    my $i = 0;
    $i++ while $i < $#$track - 1 && $track->[$i + 1][0] < $time;
    my ($a, $b) = @$track[$i, $i + 1];
    return $a->[1] + ($b->[1] - $a->[1]) * ($time - $a->[0])
        / ($b->[0] - $a->[0]);
}

# Of the upward sweep, away from its ends.
sub between {
    my ($track, $time, $top) = @_;
    return $time > $track->[0][0] + 0.3 && $time < $track->[$top][0] - 0.05;
}

# Array: all of a sweep at its end, in any order, in both directions.
{
    $at->plain('K:', Mode => 'Array', Resample => 333, Sweeps => 2,
        SweepTime => 0.05);
    my @pvs = qw(ArrDone EnergyArr AngleArr I0Arr I1Arr IfArr Icr1Arr);
    my @e = $at->scan('K:', {}, @pvs);
    is(join(' ', map { $_->{pv} } @e),
        join(' ', (@pvs[1 .. 6], 'ArrDone') x 2), 'arrays, then ArrDone');
    is(join(' ', map { $_->{value} } grep { $_->{pv} ne 'ArrDone' } @e),
        '333 ' x 11 . '333', 'all of them whole');
    my @energy = map { $_->{array} } grep { $_->{pv} eq 'EnergyArr' } @e;
    is_deeply($energy[1], [reverse @{ $energy[0] }], 'the second runs down');
    my ($i0, $i1) = map { my $pv = $_; (grep { $_->{pv} eq $pv } @e)[0]{array} }
        qw(I0Arr I1Arr);
    cmp_ok(apart([map { log($i0->[$_] / $i1->[$_]) } 0 .. 332],
        [(numbers('K:TruthMu'))[0 .. 332]]), '<', 1e-9, 'the truth');
    my ($n) = values_of('ArrDone', @e);
    is_deeply([values_of('ArrDone', @e)], [$n, $n + 1], 'ArrDone counts');

    # Lag: 6 of 60 points, so that sweeps up and down differ.
    $at->plain('K:', Mode => 'Array', Resample => 60, SweepTime => 0.1,
        LagMs => 10, Sweeps => 2);
    my @lag = $at->scan('K:', {}, qw(I0Arr I1Arr));
    my ($up, $down) = map { my $k = $_; my ($a, $b) = map { my $pv = $_;
        (grep { $_->{pv} eq $pv } @lag)[$k]{array} } qw(I0Arr I1Arr);
        [map { log($a->[$_] / $b->[$_]) } 0 .. 59] } 0, 1;
    my @mu = (numbers('K:TruthMu'))[0 .. 59];
    cmp_ok(apart([@$up[6 .. 59]], [@mu[0 .. 53]]), '<', 1e-9,
        'detectors late, up');
    cmp_ok(apart([reverse @$down[6 .. 59]], [@mu[6 .. 59]]), '<', 1e-9,
        'and down');

    my %seen;
    $at->plain('L:', Mode => 'Array', Resample => 20, SweepTime => 0.01);
    for my $order (0 .. 23) {
        $at->set('L:', ArrOrder => $order);
        my @l = $at->scan('L:', {}, qw(EnergyArr AngleArr I0Arr TeyArr));
        $seen{ join ' ', map { $_->{pv} } @l }++;
    }
    is(scalar keys %seen, 24, 'every order of four arrays');
    $at->plain('L:', Mode => 'Array', Resample => 4666, ArrShort => 7,
        ArrGapMs => 5, SweepTime => 0.01);
    my @l = $at->scan('L:', {}, qw(EnergyArr I0Arr TeyArr ArrDone));
    is(join(' ', map { $_->{pv} eq 'ArrDone' ? 'done' : $_->{value} } @l),
        '4666 4666 4659 done', 'one array lacks seven points');
    $at->plain('L:', Mode => 'Array', Resample => 19990, SweepTime => 0.01);
    my @big = $at->scan('L:', {}, qw(EnergyArr TeyArr));
    is(scalar(grep { @{ $_->{array} } == 19990 } @big), 2, '19990 points');
    my $ascends = 1;
    my $e = $big[0]{array};
    $e->[$_] > $e->[$_ - 1] or $ascends = 0 for 1 .. $#$e;
    ok($ascends, 'no two alike');
}

# Sscan: the algorithm of its documentation gets at the points.
sub sscan {
    my (@e) = @_;
    my (%now, @live, %array, @final);
    for (@e) {
        my $field = $_->{pv} =~ s/^scan1://r;
        if ($field =~ /DA$|RA$/) { $array{$field} = $_->{array} }
        elsif ($field eq 'VAL') { push @live, {%now} }
        elsif ($field eq 'DATA' && $_->{value} == 1) {
            @final = map { my $i = $_; +{ map { $_ => $array{$_}[$i] }
                keys %array } } 0 .. $now{CPT} - 1;
        }
        $now{$field} = $_->{value};
    }
    return (\@live, \@final, \%array);
}

{
    my @pvs = map { "scan1:$_" } qw(DATA CPT VAL R1CV D01CV D02CV BUSY P1RA
        D01DA D02DA D03DA);
    $at->plain('K:', Mode => 'Sscan', Dwell => 0.06, Points => 12);
    my @e = $at->scan('K:', {}, @pvs, 'Energy', 'I1');
    my @energy = values_of('Energy', @e);
    my ($live, $final, $array) = sscan(grep { $_->{pv} =~ /^scan1/ } @e);
    is(scalar @$live, 12, 'slow: each point live');
    is_deeply([map { $_->{R1CV} } @$live], \@energy, 'at its energy');
    is_deeply([map { $_->{P1RA} } @$final], \@energy, 'arrays: the same');
    cmp_ok(apart([map { $_->{D02DA} } @$final], [values_of('I1', @e)]), '<',
        0.02, 'counts as float');
    is(join(' ', map { "$_->{pv}=$_->{value}" =~ s/scan1://r }
        grep { $_->{pv} =~ /DATA|BUSY/ } @e), 'BUSY=1 DATA=0 DATA=1 BUSY=0',
        'BUSY falls after DATA');
    $at->plain('K:', Mode => 'Sscan', Dwell => 0.005, Resample => 60);
    my @fast = $at->scan('K:', {}, @pvs, 'Energy');
    ($live, $final) = sscan(grep { $_->{pv} =~ /^scan1/ } @fast);
    cmp_ok(scalar @$live, '<', 30, 'fast: at most 20 a second');
    is_deeply([map { $_->{P1RA} } @$final], [values_of('Energy', @fast)],
        'but all in the arrays');
    $at->plain('K:', Mode => 'Sscan', Dwell => 0.005, SscanEvery => 1);
    my @every = $at->scan('K:', {}, @pvs);
    is_deeply([values_of('scan1:CPT', @every)], [0 .. 40],
        'or CPT with every point');
    my %live;
    $live{ $_->{R1CV} }++ for @{ (sscan(@every))[0] };
    cmp_ok(scalar keys %live, '<', 20, 'but not the scalars');
    $at->plain('K:', Mode => 'Sscan', 'Fault:AbortAt' => 17);
    my @cut = $at->scan('K:', {}, @pvs);
    ($live, $final, $array) = sscan(@cut);
    is(scalar @$final, 17, 'aborted: cut at CPT');
    ok($array->{P1RA}[17] == $array->{P1RA}[16] && @{ $array->{P1RA} } == 2000,
        'and padded behind');
    is(caget('K:Aborted'), 'Aborted', 'and said');
    # D05 to D07 are the first element, D61 is OCR of the last
    $at->plain('K:', Mode => 'Sscan', Points => 5);
    my @parts = $at->scan('K:', {}, qw(scan1:D05DA scan1:D07DA scan1:D61DA
        scan1:D61CV Roi1 Ocr1 Ocr19));
    for (['D05DA', 'Roi1'], ['D07DA', 'Ocr1'], ['D61DA', 'Ocr19']) {
        my ($da, $pv) = @$_;
        my ($array) = map { $_->{array} } grep { $_->{pv} eq "scan1:$da" }
            @parts;
        my @of = values_of($pv, @parts);
        # a float has 24 bits
        ok(@of == 5 && !(grep { abs($array->[$_] / $of[$_] - 1) > 1e-7 }
            0 .. 4), "$da is $pv");
    }
}

# 19 elements: their sum without dead time is the detector.
{
    my @parts = map { my $k = $_; map { "$_$k" } qw(Roi Icr Ocr) } 1 .. 19;
    $at->plain('K:', Points => 10, Noise => 1, TauNs => 800);
    my @e = $at->scan('K:', {}, 'If', @parts);
    my %of = map { $_ => [values_of($_, @e)] } 'If', @parts;
    is(min(map { scalar @$_ } values %of), 10, 'ten points of 57 readings');
    my ($sum, $law) = (0, 0);
    for my $i (0 .. 9) {
        my $s = 0;
        for my $k (1 .. 19) {
            my ($icr, $ocr) = ($of{"Icr$k"}[$i], $of{"Ocr$k"}[$i]);
            $s += $of{"Roi$k"}[$i] * $icr / $ocr;
            $law = max($law, abs($ocr * (1 + $icr * 800e-9) / $icr - 1));
        }
        $sum = max($sum, abs($s / ($of{If}[$i] || 1) - 1)) if $of{If}[$i];
    }
    cmp_ok($sum, '<', 1e-12, 'corrected, they are If');
    cmp_ok($law, '<', 1e-12, 'by a known dead time');
    $at->plain('K:', Points => 10, 'Fault:DeadElement' => 7,
        'Fault:DeadAt' => 4);
    my @dead = $at->scan('K:', {}, qw(Ocr7 Roi7 Ocr8 Icr7));
    is(join('', map { $_ > 0 ? 1 : 0 } values_of('Ocr7', @dead)), '1111000000',
        'an element dies');
    is(scalar(grep { $_ > 0 } values_of('Icr7', @dead), values_of('Ocr8',
        @dead)), 20, 'alone');
    $at->plain('K:', Mode => 'Continuous', Resample => 50, Dwell => 0.01,
        SignalRate => 100, 'Fault:DeadElement' => 3, 'Fault:DeadAt' => 20);
    my @c = $at->scan('K:', {}, qw(If I1 I2 Roi2 Icr2 Ocr2 Ocr3));
    my %con = map { $_ => [values_of($_, @c)] } qw(If I1 I2 Roi2 Icr2 Ocr2
        Ocr3);
    my $share = 1.02 / (19 + 0.02 * 18 * 19 / 2);
    cmp_ok(apart([map { $con{Roi2}[$_] * $con{Icr2}[$_] / $con{Ocr2}[$_] }
        0 .. $#{ $con{If} }], [map { $_ * $share } @{ $con{If} }]), '<', 1e-9,
        'Continuous: elements, too');
    is(scalar(grep { $_ > 0 } @{ $con{Ocr3} }), 20, 'until one dies');
    is(scalar @{ $con{I2} }, scalar @{ $con{I1} }, 'and the foil');
    $at->plain('K:', Mode => 'Array', Resample => 50, SweepTime => 0.01,
        'Fault:DeadElement' => 2, 'Fault:DeadAt' => 4);
    my @a = $at->scan('K:', {}, qw(IfArr Roi1Arr Icr1Arr Ocr1Arr Ocr2Arr));
    my %arr = map { $_->{pv} => $_->{array} } @a;
    my $part = 1 / (19 + 0.02 * 18 * 19 / 2);
    cmp_ok(apart([map { $arr{Roi1Arr}[$_] * $arr{Icr1Arr}[$_]
        / $arr{Ocr1Arr}[$_] } 0 .. 49], [map { $_ * $part } @{ $arr{IfArr} }]),
        '<', 1e-9, 'as arrays');
    is(scalar(grep { $_ == 0 } @{ $arr{Ocr2Arr} }), 46, 'the dead one too');
}

# A reading that is not there.
{
    $at->plain('H:', Points => 3);
    my @e = $at->scan('H:', {}, qw(I0 Point));
    is(scalar(() = values_of('I0', @e)), 3, 'a station without I1 scans');
    my ($status) = XasWire::run(XasWire::baseProgram('caget'), '-w', 0.5,
        'H:I1');
    isnt($status, 0, 'and has none');
}

is($at->end, 0, 'and it ends');
done_testing();
