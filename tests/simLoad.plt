#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Rates: two dozen stations at once, and one as fast as a client can follow.
# What was posted is what was received, or the test counts what is missing.
# XASD_LONG=1 takes a minute and ten seconds instead of three and one.
use strict;
use warnings;
use lib '..';
use Test::More;
use XasStation;
use XasWire qw(base caput caget waitFor);

plan skip_all => 'no EPICS_BASE' unless base();

my $long = $ENV{XASD_LONG};
my $all = XasStation->new(qq{xassimStations("S%02d:", 24, "K", "I0 I1 If")\n}
    . qq{xassimStation("FAST:", "K", "I0 I1 If")});
my @pvs = qw(Energy I0 I1 If Point);

sub count_of {
    my ($watch) = @_;
    open my $in, '<', $watch->{log} or return 0;
    my $n = -$watch->{skip};
    $n++ while <$in>;
    return $n;
}

# 24 stations x 20 Hz x 5 PVs.
{
    my $n = $long ? 1200 : 60;
    my @stations = map { sprintf 'S%02d:', $_ } 1 .. 24;
    $all->set($_, Sample => 'FeCl2', Dwell => 0.05, Resample => $n)
        for @stations;
    my $watch = $all->watch(map { my $p = $_; map { "$p$_" } @pvs } @stations);
    $all->set($_, Start => 1) for @stations;
    ok(waitFor(sub {
        my @done = caget(map { "${_}Done" } @stations);
        return @done == 24 && !grep { $_ ne '1' } @done;
    }, 180), '24 stations have scanned');
    my $posted = 24 * 5 * $n;
    is(eval { my $sum = 0; $sum += $_ for caget(map { "${_}Posted" } @stations);
        $sum }, $posted, "$posted readings posted");
    # and Point = -1 of each
    waitFor(sub { count_of($watch) >= $posted + 24 }, 10);
    is(count_of($watch) - 24, $posted, 'and received');
    $watch->{client}->end('TERM');
    my %last;
    my $gaps = 0;
    for ($all->events($watch, '')) {
        next unless $_->{pv} =~ /Point$/ && $_->{value} >= 0;
        $gaps++ if $_->{value} != ($last{ $_->{pv} } // -1) + 1;
        $last{ $_->{pv} } = $_->{value};
    }
    is($gaps, 0, 'no gap in any Point');
}

# One station, 4000 points a second of 5 PVs.  The client is a process of its
# own that writes a line for each; where the machine does not keep up, Channel
# Access drops, and Point shows exactly what is missing.
{
    my $n = $long ? 40000 : 4000;
    $all->set('FAST:', Sample => 'FeCl2', Dwell => 0.00025, Resample => $n);
    my $watch = $all->watch(map { "FAST:$_" } @pvs);
    ok(caput('FAST:Start', 1, 120), "$n points at 4 kHz");
    is(caget('FAST:Posted'), 5 * $n, 'readings posted');
    my @events;
    waitFor(sub {
        @events = $all->events($watch, 'FAST:');
        return grep { $_->{pv} eq 'Point' && $_->{value} == -1 } @events;
    });
    $watch->{client}->end('TERM');
    my @points = XasStation::values_of('Point', @events);
    my @stamp = map { $_->{time} } grep { $_->{pv} eq 'Point' } @events;
    my $rate = 5 * $n / (($stamp[-2] - $stamp[0]) || 1);
    my $received = grep { $_->{pv} ne 'Point' || $_->{value} >= 0 } @events;
    diag(sprintf '%d of %d readings received, %.0f per second', $received,
        5 * $n, $rate);
    pop @points; # -1
    my ($missing, $last) = (0, -1);
    for (@points) {
        $missing += $_ - $last - 1;
        $last = $_;
    }
    is($last, $n - 1, 'the last one arrives');
    is(@points + $missing, $n, 'received and missing make all');
    cmp_ok($received, '>=', 5 * $n * 0.5, 'most arrive');
}

is($all->end, 0, 'and it ends');
done_testing();
