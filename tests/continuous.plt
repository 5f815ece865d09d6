#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Continuous scans over real Channel Access: streams of different rates joined
# by their stamps, sweeps up and down split, the lag between them found; then
# the station or the daemon dies in mid-scan.  Without noise, and from a
# spectrum of few points, what is stored can be held against the truth.
use strict;
use warnings;
use lib '..';
use List::Util qw(max min);
use Test::More;
use XasBeamline;

my $line = XasBeamline->new;

sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', "$line->{work}/$name" or die "$name: $!\n";
    print $out $text;
    close $out or die "$name: $!\n";
    return "$line->{work}/$name";
}

my $sim = write_file('sim.cmd', <<'END');
on error break
var dbThreadRealtimeLock 0
xassimStation("K:", "K", "I0 I1")
xassimStation("B:", "K", "I0 I1")
iocInit
END

sub station {
    my ($p, $pvs, $rules) = @_;
    return <<"END";
{   name = "$p"; prefix = "$p:"; mode = "continuous";
    detection = "transmission"; edge = "K";
    pv = { energy = "$p:Energy"; i0 = "$p:I0"; i1 = "$p:I1";
           sample = "$p:Sample"; element = "$p:Element"; $pvs };
    $rules }
END
}

# K as it should be; B without a PV that tells of a scan, and with bins.
$ENV{XASD_CONF} = write_file('xasd.conf',
    qq{database = "$line->{work}/xasd.db";\nstations = (\n} . join(',',
    station('K', 'active = "K:Busy"; aborted = "K:Aborted";
        planned = "K:Planned"; sequence = "K:Point";', 'pace = "i1";'),
    station('B', '', 'pace = "i1"; rebin_eV = 2.0; idle_s = 1.5;')) . ");\n");

sub start_sim {
    local $ENV{EPICS_CAS_SERVER_PORT} = $line->{sim_port};
    $line->start(xassim => 'xassim', $sim);
}

sub connected {
    return $line->wait_for(sub {
        for my $p ('K', 'B') {
            my @n = $line->get("$p:XASD:Ca:Connected", "$p:XASD:Ca:Expected");
            return 0 unless @n == 2 && $n[0] ne '' && $n[0] eq $n[1];
        }
        return 1;
    });
}

sub plain {
    my ($p, %other) = @_;
    my %value = (Mode => 'Continuous', Noise => 0, Resample => 200,
        Dwell => 0.02, EnergyRate => 100, I0Rate => 40, SignalRate => 100,
        LagMs => 0, Sweeps => 1, TurnS => 0.3, Mdel => -1, %other);
    $line->put("$p:$_", $value{$_}) for sort keys %value;
}

start_sim();
$line->start_xasd;
ok(connected(), 'every PV connected') or do {
    diag $line->log_of('xasd');
    BAIL_OUT('nothing to test');
};
$line->put("$_:Sample", 'FeCl2') for 'K', 'B';

sub channel {
    my ($scan, $name) = @_;
    return unpack 'd<*', pack 'H*', $line->sql("SELECT hex(data) FROM scan_channel
        WHERE scan = $scan AND name = '$name'");
}

sub flags_of {
    my ($scan) = @_;
    return unpack 'q<*', pack 'H*', $line->sql("SELECT hex(data) FROM scan_channel
        WHERE scan = $scan AND name = 'flags'");
}

sub numbers {
    my ($pv) = @_;
    my $n = $line->get("$pv.NORD");
    my (undef, @values) = split ' ', $line->run('caget', '-t', '-g17', '-#', $n,
        $pv);
    return @values;
}

# The scans closed since: ids.
my $seen = 0;

sub closed {
    my ($n) = @_;
    my @ids;
    $line->wait_for(sub {
        @ids = split /\n/, $line->sql("SELECT id FROM scan WHERE id > $seen AND
            state = 'closed' ORDER BY id");
        return @ids >= $n;
    });
    $seen = $ids[-1] if @ids;
    return @ids;
}

sub report {
    my ($id) = @_;
    diag $line->sql("SELECT * FROM scan WHERE id = $id");
    diag $line->sql("SELECT what, point, text FROM scan_event WHERE scan = $id");
}

# The largest difference of mu from the station's, at the same energies, over
# the part of the scan away from the ends; and how many points were compared.
sub apart {
    my ($scan) = @_;
    my @e = channel($scan, 'energy');
    my @i0 = channel($scan, 'i0');
    my @i1 = channel($scan, 'i1');
    my @flags = flags_of($scan);
    my @te = numbers('K:TruthE');
    my @tm = numbers('K:TruthMu');
    my @order = sort { $te[$a] <=> $te[$b] } 0 .. min($#te, $#tm);
    # where the station came late to its own readings, a straight line
    # between two of them is no measure
    my @step = sort { $a <=> $b }
        map { $te[$order[$_ + 1]] - $te[$order[$_]] } 0 .. $#order - 1;
    my $usual = $step[$#step / 2];
    my ($worst, $n) = (0, 0);
    for my $k (grep { !$flags[$_] } 0 .. $#e) {
        my ($i) = grep { $te[$order[$_ + 1]] >= $e[$k] } 0 .. $#order - 1;
        next unless defined $i;
        my ($l, $r) = @order[$i, $i + 1];
        next if $te[$l] > $e[$k] || $te[$r] <= $te[$l];
        my $mu = $tm[$l] + ($tm[$r] - $tm[$l]) * ($e[$k] - $te[$l])
            / ($te[$r] - $te[$l]);
        $n++;
        my ($far) = grep { $_ > 1.5 * $usual } map {
            $te[$order[$_ + 1]] - $te[$order[$_]]
        } max(0, $i - 1) .. min($i + 1, $#order - 1);
        next if $far;
        $worst = max($worst, abs($mu - log($i0[$k] / $i1[$k])));
    }
    return ($worst, $n);
}

# One sweep.
sub sweep {
    my ($what, %settings) = @_;
    plain('K', %settings);
    $line->put('K:Start', 1, $XasWire::patience);
    my ($id) = closed(1);
    is($line->sql("SELECT exit, direction, lost, flagged FROM scan
        WHERE id = $id"), 'complete|up|0|0', $what) or report($id);
    return $id;
}

my $one = sweep('a sweep');
my @posted = $line->get('K:PostedI1');
my @e = channel($one, 'energy');
# I0 is read less often than the pace: the ends may fall out
cmp_ok($posted[0] - @e, '<=', 4, @e . " points of $posted[0] readings of I1");
my ($worst, $n) = apart($one);
cmp_ok($n, '>', @e - 5, "$n points compared");
# Stamps and the energy between its readings are exact, and I0 is constant;
# the truth is between its points: those are the same but for rounding
cmp_ok($worst, '<', 1e-4, "mu is right to $worst");

# What does not change is not posted, and the daemon asks for it: I0.
my $quiet = sweep('MDEL 0', Mdel => 0);
($worst, $n) = apart($quiet);
cmp_ok(abs($n - @e), '<=', 8, "$n points");
cmp_ok($worst, '<', 1e-4, "mu is right to $worst");

# Up and down; detectors see where the energy was 50 ms before.
plain('K', Sweeps => 2, LagMs => 50);
$line->put('K:Start', 1, $XasWire::patience);
my @two = closed(2);
is($line->sql("SELECT group_concat(exit || ' ' || direction || ' ' || flagged)
    FROM scan WHERE id IN (@{[join ',', @two]})"),
    'complete up 0,complete down 0', 'up and down: two scans')
    or report($_) for @two;
my $lag = $line->sql("SELECT lag_s FROM scan WHERE id = $two[1]");
# the energy is ahead of them; a tenth of a reading's time
cmp_ok(abs($lag + 0.05), '<', 0.004, "lag: energy behind detectors by $lag s");
like($line->run('xasctl', '-d', "$line->{work}/xasd.db", 'show', $two[1]),
    qr/^lag_s +-0\.0.*^direction +down|^direction +down.*^lag_s +-0\.0/ms,
    'xasctl show: lag and direction');

# Without a PV that tells of a scan, with bins of 2 eV.
plain('B', Sweeps => 2);
$line->put('B:Start', 1, $XasWire::patience);
@two = closed(2);
is($line->sql("SELECT group_concat(exit || ' ' || direction || ' ' || flagged)
    FROM scan WHERE id IN (@{[join ',', @two]})"),
    'complete up 0,complete down 0', 'found by the movement of the energy')
    or report($_) for @two;
like($line->sql("SELECT reason FROM scan WHERE id = $two[1]"),
    qr/^the energy rests at /, 'the end too');
@e = channel($two[0], 'energy');
ok(!(grep { int($e[$_] / 2) == int($e[$_ - 1] / 2) } 1 .. $#e),
    'one point in a bin of 2 eV');
like($line->sql("SELECT text FROM scan_event WHERE scan = $two[0] AND
    what = 'rebin'"), qr/^\d+ points in @{[scalar @e]} bins of 2 eV/,
    'as an event says');

# A scan of two sweeps that is under way: some of its points are saved.
sub under_way {
    my ($p, %settings) = @_;
    plain($p, %settings);
    $line->run('caput', '-w', 5, "$p:Start", 1); # does not wait for the end
    return $line->wait_for(sub {
        ($line->sql("SELECT points FROM scan WHERE id > $seen AND
            state <> 'closed'") || 0) > 50
    });
}

# Ten readings of I0 with an INVALID alarm, and an abort.
plain('K');
$line->put('K:Fault:Channel', 'I0');
$line->put('K:Fault:InvalidAt', 20);
$line->put('K:Fault:InvalidN', 10);
$line->put('K:Start', 1, $XasWire::patience);
$line->put('K:Fault:InvalidN', 0);
my ($bad) = closed(1);
my @flags = flags_of($bad);
# and what lies between these and good ones
my $flagged = grep { $_ == 1 } @flags;
ok($flagged >= 10 && $flagged <= 14, "INVALID: $flagged points flagged")
    or report($bad);
is($line->sql("SELECT exit, flagged = $flagged FROM scan WHERE id = $bad"),
    'complete|1', 'and nothing else');
ok(under_way('K'), 'another') && $line->put('K:Stop', 1);
my ($aborted) = closed(1);
is($line->sql("SELECT exit FROM scan WHERE id = $aborted"), 'aborted',
    'is aborted') or report($aborted);

# The source dies in mid-scan.
ok(under_way('K'), 'a scan');
$line->stop('xassim', 'KILL');
my $died = $line->get('K:XASD:Scan:Saved');
start_sim();
my ($cut) = closed(1);
is($line->sql("SELECT exit, points >= $died FROM scan WHERE id = $cut"),
    'interrupted|1', "interrupted after $died points or more") or report($cut);
ok(connected(), 'connected again');
$line->put("$_:Sample", 'FeCl2') for 'K', 'B';
sweep('the next is clean');

# So does the daemon.
ok(under_way('K', Speed => 60), 'a scan');
my $saved = $line->get('K:XASD:Scan:Saved');
$line->stop('xasd', 'KILL');
$line->start_xasd;
my ($resumed) = closed(1);
is($line->sql("SELECT exit, points > $saved, lost > 0 FROM scan
    WHERE id = $resumed"), 'lossy|1|1', "it went on with $saved points saved")
    or report($resumed);
like($line->sql("SELECT group_concat(text, ';') FROM scan_event
    WHERE scan = $resumed AND what = 'gap'"),
    qr/no reading of i1, the pace, for \S+ s: \d+ points lost/,
    'the gap is in words');
sweep('the next is clean', Speed => 0);
done_testing();
