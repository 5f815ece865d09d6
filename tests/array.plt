#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Quick scans over real Channel Access: each sweep's arrays become one scan,
# whole, in its direction, never mixed with another's.
use strict;
use warnings;
use lib '..';
use List::Util qw(max);
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

my $elements = 19;
my $sim = write_file('sim.cmd', <<"END");
on error break
var dbThreadRealtimeLock 0
xassimStation("Q:", "K", "I0 I1")
xassimStation("F:", "K", "I0 If", $elements)
iocInit
END
# Q: two PVs tell the sweeps apart; F: angles, elements, stamps alone.
$ENV{XASD_CONF} = write_file('xasd.conf', <<"END");
database = "$b->{work}/xasd.db";
stations = ( {
    name = "Q"; prefix = "Q:"; mode = "array"; detection = "transmission";
    edge = "K";
    pv = { energy = "Q:EnergyArr"; i0 = "Q:I0Arr"; i1 = "Q:I1Arr";
           sequence = "Q:Sweep"; commit = "Q:ArrDone"; aborted = "Q:Aborted";
           dwell = "Q:Dwell";
           sample = "Q:Sample"; formula = "Q:Formula"; element = "Q:Element"; };
    array_timeout_s = 2.0;
}, {
    name = "F"; prefix = "F:"; mode = "array"; detection = "fluorescence";
    edge = "K"; d_spacing_A = 3.1356;
    pv = { angle = "F:AngleArr"; i0 = "F:I0Arr"; fluor = "F:Roi{1-$elements}Arr";
           icr = "F:Icr{1-$elements}Arr"; ocr = "F:Ocr{1-$elements}Arr";
           sample = "F:Sample"; formula = "F:Formula"; element = "F:Element"; };
    array_timeout_s = 2.0;
} );
END

sub start_sim {
    local $ENV{EPICS_CAS_SERVER_PORT} = $b->{sim_port};
    return $b->start(xassim => 'xassim', $sim);
}

sub connected {
    return $b->wait_for(sub {
        for my $p (qw(Q F)) {
            my @n = $b->get("$p:XASD:Ca:Connected", "$p:XASD:Ca:Expected");
            return 0 unless @n == 2 && $n[0] ne '' && $n[0] eq $n[1];
        }
        return 1;
    });
}

start_sim();
$b->start_xasd;
ok(connected(), 'every PV connected') or do {
    diag $b->log_of('xasd');
    BAIL_OUT('nothing to test');
};

my %plain = (Mode => 'Array', Points => 0, Resample => 333, Sweeps => 1,
    SweepTime => 0.3, ArrOrder => 0, ArrGapMs => 0, ArrShort => 0, Noise => 0,
    TauNs => 1000, 'Fault:Channel' => 'Signal', 'Fault:NanAt' => -1,
    'Fault:InvalidAt' => -1, 'Fault:AbortAt' => -1, 'Fault:Empty' => 0,
    'Fault:DumpAt' => -1, LagMs => 0);

# Settings, a scan of the station, and its sweeps when they are stored.
sub sweep {
    my ($p, $expected, %set) = @_;
    my $before = $b->sql('SELECT coalesce(max(id), 0) FROM scan');
    my %all = (%plain, %set);
    $b->put("$p:$_", $all{$_}) for sort keys %all;
    $b->put("$p:Start", 1, 60) or return;
    my $rows;
    $b->wait_for(sub {
        $rows = $b->sql("SELECT group_concat(exit || ' ' || points || ' '
            || flagged || ' ' || lost || ' ' || coalesce(direction, ''), ', ')
            FROM (SELECT * FROM scan WHERE id > $before AND state = 'closed'
                  ORDER BY id)");
        return (() = $rows =~ /,/g) + 1 >= $expected && $rows ne '';
    });
    return $rows;
}

sub last_scan { return $b->sql('SELECT max(id) FROM scan') }

sub channel {
    my ($scan, $name) = @_;
    return unpack 'd<*', pack 'H*', $b->sql("SELECT hex(data) FROM scan_channel
        WHERE scan = $scan AND name = '$name'");
}

sub numbers {
    my ($pv) = @_;
    my $n = $b->get("$pv.NORD");
    my (undef, @values) = split ' ', $b->run('caget', '-t', '-g17', '-#', $n,
        $pv);
    return @values;
}

sub apart {
    my ($x, $y) = @_;
    return 1e300 unless @$x && @$x == @$y;
    return max(map { abs($x->[$_] - $y->[$_]) } 0 .. $#$x);
}

# Energies and mu of the last scan, against the truth of the last sweep.
sub as_true {
    my ($name) = @_;
    my $scan = last_scan();
    my ($e, $i0, $i1) = map { [channel($scan, $_)] } qw(energy i0 i1);
    my @e = numbers('Q:TruthE');
    my @mu = numbers('Q:TruthMu');
    my $n = @$e;
    cmp_ok(apart($e, [@e[-$n .. -1]]), '<', 1e-9, "$name: energies");
    cmp_ok(apart([map { log($i0->[$_] / $i1->[$_]) } 0 .. $#$e],
        [@mu[-$n .. -1]]), '<', 1e-9, "$name: absorption");
    return;
}

$b->put('Q:Sample', 'FeCl2');
$b->put('F:Sample', 'FeCl2');
is(sweep('Q', 1), 'complete 333 0 0 up', 'a sweep is a scan');
as_true('333 points');
is(sweep('Q', 4, Resample => 4666, Sweeps => 4, ArrOrder => -1),
    'complete 4666 0 0 up, complete 4666 0 0 down, complete 4666 0 0 up, '
    . 'complete 4666 0 0 down', 'four, up and down, arrays in any order');
as_true('4666 points, down');
# the arrays one by one, so slowly that the next sweep is on its way
is(sweep('Q', 3, Sweeps => 3, ArrGapMs => 60, ArrOrder => -1),
    'complete 333 0 0 up, complete 333 0 0 down, complete 333 0 0 up',
    'arrays one by one');
is(sweep('Q', 1, Resample => 19990), 'complete 19990 0 0 up', '19990 points');
as_true('19990 points');
is(sweep('Q', 3, Resample => 19990, Sweeps => 3, SweepTime => 1),
    'complete 19990 0 0 up, complete 19990 0 0 down, complete 19990 0 0 up',
    'and again');
is(sweep('Q', 1, Resample => 400, ArrShort => 7, 'Fault:Channel' => 'I0'),
    'complete 393 0 0 up', 'one array is shorter: the smallest count');
like($b->sql('SELECT text FROM scan_event WHERE what = "cut" AND scan = '
    . last_scan()), qr/^i0: 393 of 400/, 'and it is said');
is(sweep('Q', 1, 'Fault:NanAt' => 5, 'Fault:NanN' => 10),
    'complete 333 10 0 up', 'NaN at ten points');
is(sweep('Q', 1, 'Fault:InvalidAt' => 5), 'complete 333 333 0 up',
    'an INVALID array');
is(sweep('Q', 1, Points => 3, Resample => 0), 'complete 3 0 0 up',
    'three points');
# 400 points of 1 ms, detectors 4 ms late
$b->put('Q:Dwell', 0.001);
is(sweep('Q', 2, Resample => 400, SweepTime => 0.4, Sweeps => 2, LagMs => 4),
    'complete 400 0 0 up, complete 400 0 0 down', 'up and down');
my $lag = $b->sql('SELECT lag_s FROM scan WHERE id = ' . last_scan());
cmp_ok(abs($lag + 0.004), '<', 0.0002, "their lag is told: $lag s");
is($b->sql("SELECT count(*) FROM scan WHERE lost > 0 OR exit <> 'complete'"), 0,
    'nothing was lost so far');

# 57 arrays of elements and one of angles, 9 MB a sweep.
is(sweep('F', 2, Resample => 4666, Sweeps => 2, SweepTime => 1),
    'complete 4666 0 0 up, complete 4666 0 0 down', '19 elements, angles');
{
    my $scan = last_scan();
    my ($e, $i0, $fluor) = map { [channel($scan, $_)] } qw(energy i0 fluor);
    my @e = numbers('F:TruthE');
    my @mu = numbers('F:TruthMu');
    cmp_ok(apart($e, [@e[4666 .. 9331]]), '<', 1e-4, 'energies by Bragg');
    cmp_ok(apart([map { $fluor->[$_] / $i0->[$_] / $mu[4666 + $_] }
        0 .. 4665], [(1) x 4666]), '<', 1e-9, 'dead time corrected')
        or diag "$fluor->[0] / $i0->[0] / $mu[4666]";
}

# The station goes in mid-sweep and comes back: its old arrays are no sweep.
my $scans = $b->sql('SELECT count(*) FROM scan');
$b->put("Q:$_->[0]", $_->[1]) for [ArrGapMs => 1500], [SweepTime => 0.1],
    [Points => 0];
$b->run('caput', '-w', 5, 'Q:Start', 1);
ok($b->wait_for(sub { $b->get('Q:XASD:Scan:State') eq 'scanning' }),
    'a sweep has begun to come');
$b->stop('xassim', 'KILL');
ok($b->wait_for(sub {
    $b->sql('SELECT count(*) FROM scan WHERE state = "closed"') > $scans
}), 'the station is killed between two arrays');
is($b->sql('SELECT exit || " " || points FROM scan WHERE id = ' . last_scan()),
    'interrupted 0', 'interrupted, without points');
like($b->sql('SELECT reason FROM scan WHERE id = ' . last_scan()),
    qr/i0.* disconnected|i1 disconnected/, 'and says what was missing');
start_sim();
ok(connected(), 'it is back');
$b->put('Q:Sample', 'FeCl2');
is(sweep('Q', 2, Sweeps => 2), 'complete 333 0 0 up, complete 333 0 0 down',
    'the next sweeps are whole');
is($b->sql('SELECT count(*) FROM scan'), $scans + 3, 'and no scan besides');
is($b->stop('xasd', 'TERM'), 0, 'xasd ends well');

done_testing();
