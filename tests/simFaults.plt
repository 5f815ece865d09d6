#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# The faults a simulated station has on demand: a client on Channel Access sees
# each where it was asked for, and nothing else.
use strict;
use warnings;
use lib '..';
use Test::More;
use XasStation;
use XasWire qw(base caget caput freePort launch program waitFor);

plan skip_all => 'no EPICS_BASE' unless base();

# A scan is under way before any client is.
my $at = XasStation->new(qq{xassimStation("K:", "K", "I0 I1 If")\n}
    . qq{xassimStation("R:", "K", "I0 I1")}, <<'END');
dbpf("R:Sample", "FeCl2")
dbpf("R:Dwell", "0.2")
dbpf("R:Start", "1")
END
my @pvs = qw(Energy I0 I1 Point);

sub values_of { return XasStation::values_of(@_) }
sub of { my ($pv, @e) = @_; return grep { $_->{pv} eq $pv } @e }
# Where a list of 0 and 1 is 1, as in "3-5 9".
sub where { return join ' ', grep { $_[$_] } 0 .. $#_ }

sub scan {
    my ($set, @more) = @_;
    $at->plain('K:', Points => 20, %$set);
    return $at->scan('K:', {}, @pvs, @more);
}

{
    is(caget('R:Busy'), 'Busy', 'a scan runs from the start');
    my $watch = $at->watch('R:Point');
    ok(waitFor(sub { (() = $at->events($watch, 'R:')) > 2 }), 'and goes on');
    $watch->{client}->end('TERM');
    ok(caput('R:Stop', 1) && waitFor(sub { caget('R:Busy') eq 'Idle' }),
        'and can be stopped');
    is(caget('R:Aborted'), 'Aborted', 'aborted then');
}

$at->set('K:', Sample => 'FeCl2');
my @good = scan({});
my @energy = values_of('Energy', @good);
my @i0 = values_of('I0', @good);
is(scalar @energy, 20, 'a good scan');

# Order of points, by their energies: what the schedule says.
for (
    ['three points', { Points => 3 }, [0 .. 2], 'No'],
    ['no point', { 'Fault:Empty' => 1 }, [], 'No'],
    ['aborted at 7', { 'Fault:AbortAt' => 7 }, [0 .. 6], 'Aborted'],
    ['aborted at once', { 'Fault:AbortAt' => 0 }, [], 'Aborted'],
    ['measured twice more', { 'Fault:DuplicateAt' => 4, 'Fault:DuplicateN' => 2
        }, [0 .. 4, 4, 4, 5 .. 19], 'No'],
    ['backwards', { 'Fault:BackAt' => 9, 'Fault:BackN' => 3 },
        [0 .. 9, 8, 7, 6, 10 .. 19], 'No'],
    ['top-up', { 'Fault:TopUpAt' => 5, 'Fault:TopUpN' => 2 },
        [0 .. 6, 5, 6, 7 .. 19], 'No'],
    ['a burst', { 'Fault:BurstAt' => 5, 'Fault:BurstN' => 10 }, [0 .. 19],
        'No'],
    ['a pause', { 'Fault:PauseAt' => 5, 'Fault:PauseS' => 0.5 }, [0 .. 19],
        'No'],
) {
    my ($what, $set, $order, $aborted) = @$_;
    my @e = scan($set);
    is_deeply([values_of('Energy', @e)], [@energy[@$order]], "$what: energies");
    is_deeply([grep { $_ >= 0 } values_of('Point', @e)], [0 .. $#$order],
        'points count on');
    is(caget('K:Aborted') . caget('K:Busy'), "${aborted}Idle", 'and its end');
}

# A pause is one in the stamps; the others are none.
{
    my @e = scan({ 'Fault:PauseAt' => 6, 'Fault:PauseS' => 1.5 });
    my @t = map { $_->{time} } of('Point', @e);
    cmp_ok($t[6] - $t[5], '>=', 1.5, 'the pause is before point 6');
}

# Beam: I0, ring, shutter, top-up.
{
    my @e = scan({ 'Fault:DumpAt' => 8, 'Fault:DumpN' => 4 },
        qw(RingCurrent Shutter));
    is(where(map { $_ < 100 } values_of('I0', @e)), '8 9 10 11', 'a beam dump');
    is(join(' ', map { int($_ + 0.5) } values_of('RingCurrent', @e)),
        '300 0 300 300', 'the ring is empty, and full again');
    is(join(' ', values_of('Shutter', @e)), '1 0 1 0', 'the shutter closes');
    @e = scan({ 'Fault:DumpAt' => 15, Noise => 1 });
    is(where(map { $_ < 100 } values_of('I0', @e)), '15 16 17 18 19',
        'a beam dump to the end');
    @e = scan({ 'Fault:TopUpAt' => 5, 'Fault:TopUpN' => 2 }, 'TopUp');
    is(where(map { $_ < 1e5 } values_of('I0', @e)), '5 6',
        'top-up: I0 is low, then measured again');
    my @topUp = map { "$_->{pv}$_->{value}" } grep { $_->{pv} =~ /TopUp|Point/ }
        @e;
    is("@topUp", join(' ', (map { "Point$_" } 0 .. 4), 'TopUp1', 'Point5',
        'Point6', 'TopUp0', (map { "Point$_" } 7 .. 21), 'Point-1'),
        'with its flag');
}

# One reading.
for my $channel (qw(Signal Energy I0)) {
    my $pv = $channel eq 'Signal' ? 'I1' : $channel;
    my @e = scan({ 'Fault:Channel' => $channel, 'Fault:InvalidAt' => 3,
        'Fault:InvalidN' => 10 });
    is(where(map { $_->{severity} eq 'INVALID' } of($pv, @e)),
        join(' ', 3 .. 12), "$pv INVALID for ten points");
    is(scalar(grep { $_->{severity} ne 'NO_ALARM' } @e), 10, 'no other');
    @e = scan({ 'Fault:Channel' => $channel, 'Fault:NanAt' => 6,
        'Fault:NanN' => 2 });
    is(where(map { !!($_->{value} =~ /nan/i) } of($pv, @e)), '6 7',
        "$pv is NaN");
    is(scalar(grep { $_->{value} =~ /nan/i } @e), 2, 'no other');
    @e = scan({ 'Fault:Channel' => $channel, 'Fault:HoldAt' => 6 });
    my @was = values_of($pv, @good);
    is_deeply([values_of($pv, @e)], [@was[0 .. 5], ($was[5]) x 14],
        "$pv is stuck");
    @e = scan({ 'Fault:Channel' => $channel, 'Fault:GlitchAt' => 6 });
    is_deeply([map { sprintf '%.12g', $_ } values_of($pv, @e)],
        [map { sprintf '%.12g', $_ } @was[0 .. 5], 10 * $was[6],
            @was[7 .. 19]], "$pv has a spike");
    # far sooner than the next point, also on a machine under load
    @e = scan({ 'Fault:Channel' => $channel, 'Fault:LateAt' => 6,
        'Fault:LateN' => 1, 'Fault:LateMs' => 1, Points => 8, Dwell => 0.1 });
    my ($at6) = grep { $e[$_]{pv} eq 'Point' && $e[$_]{value} == 6 } 0 .. $#e;
    is($e[$at6 + 1]{pv}, $pv, "$pv comes after its point");
    is($e[$at6 + 1]{time}, $e[$at6]{time}, 'with its stamp');
    # later than the next point
    @e = scan({ 'Fault:Channel' => $channel, 'Fault:LateAt' => 6,
        'Fault:LateN' => 1, 'Fault:LateMs' => 50 });
    is_deeply([sort { $a <=> $b } values_of($pv, @e)],
        [sort { $a <=> $b } values_of($pv, @good)], 'late, not lost');
}

# Stamps.
{
    my %of;
    for my $kind (qw(Future 1990 Equal Undefined)) {
        my @e = scan({ 'Fault:Stamp' => $kind, 'Fault:StampAt' => 5,
            'Fault:StampN' => 5 });
        my @t = map { $_->{time} } of('I0', @e);
        my @right = @t[0 .. 4, 10 .. 19];
        ok(!(grep { !defined || abs($_ - time) > 60 } @right),
            "$kind: others are right");
        $of{$kind} = [@t[4 .. 9]];
    }
    ok(!(grep { abs($_ - time - 3600) > 60 } @{ $of{Future} }[1 .. 5]),
        'an hour ahead');
    ok(!(grep { abs($_ - 631152000) > 3600 } @{ $of{1990} }[1 .. 5]),
        'the beginning of 1990');
    is(scalar(keys %{ { map { $_ => 1 } @{ $of{Equal} } } }), 1, 'all equal');
    ok(!(grep { defined } @{ $of{Undefined} }[1 .. 5]), 'none');
}

# From the first point on.
{
    my @e = scan({ 'Fault:Stamp' => 'Equal' });
    my %stamps = map { $_->{time} => 1 } grep { $_->{pv} ne 'Point'
        || $_->{value} >= 0 } @e;
    my ($one) = keys %stamps;
    ok(keys %stamps == 1 && abs($one - time) < 60, 'equal from the first on');
}

# A burst: what a client misses, Point shows.
{
    my @e = scan({ Points => 0, Resample => 3000, 'Fault:BurstAt' => 100,
        'Fault:BurstN' => 2800, Dwell => 0.001 });
    my @points = grep { $_ >= 0 } values_of('Point', @e);
    is(caget('K:PostedPoint'), 3000, 'a burst of 2800 points is posted');
    cmp_ok(scalar @points, '<', 3000, 'and not all received: ' . @points);
    is($points[-1], 2999, 'but the last');
}

# Scans one after the other without a gap.
{
    my $done = caget('K:Done');
    my @e = scan({ 'Fault:NoGap' => 2 }, 'Done');
    is_deeply([values_of('Point', @e)], [(0 .. 19) x 3, -1],
        'three scans without a gap');
    is_deeply([values_of('Done', @e)], [map { $done + $_ } 1 .. 3], 'counted');
}

# The other modes have them, too.
{
    my @e = scan({ Mode => 'Array', SweepTime => 0.02, 'Fault:NanAt' => 3,
        'Fault:NanN' => 2, 'Fault:Channel' => 'I0' }, qw(EnergyArr I0Arr));
    my ($arr) = map { $_->{array} } of('I0Arr', @e);
    is(where(map { !!/nan/i } @$arr), '3 4', 'Array: NaN');
    @e = scan({ Mode => 'Array', SweepTime => 0.02, 'Fault:InvalidAt' => 3,
        'Fault:DumpAt' => 12, 'Fault:DuplicateAt' => 2,
        'Fault:DuplicateN' => 1 }, qw(EnergyArr I0Arr I1Arr RingCurrent));
    is(join(' ', map { $_->{severity} } map { of($_, @e) }
        qw(EnergyArr I0Arr I1Arr)), 'NO_ALARM NO_ALARM INVALID',
        'Array: INVALID');
    ($arr) = map { $_->{array} } of('I0Arr', @e);
    is(where(map { $_ < 100 } @$arr), '13 14 15 16 17 18 19 20',
        'Array: beam dump');
    is((of('EnergyArr', @e))[0]{array}[3], $energy[2], 'Array: twice');
    @e = scan({ Mode => 'Array', SweepTime => 0.02, Sweeps => 3,
        'Fault:AbortAt' => 30 }, qw(EnergyArr));
    is(join(' ', values_of('EnergyArr', @e)), '20 10',
        'Array: aborted in the second sweep');
    is(caget('K:Aborted'), 'Aborted', 'and said');
    @e = scan({ Mode => 'Array', SweepTime => 0.02, 'Fault:Stamp' =>
        'Undefined' }, 'EnergyArr');
    ok(!defined((of('EnergyArr', @e))[0]{time}), 'Array: no stamp');
    @e = scan({ Mode => 'Array', 'Fault:Empty' => 1 }, 'EnergyArr');
    is(scalar(of('EnergyArr', @e)), 0, 'Array: no sweep');

    my %continuous = (Mode => 'Continuous', Points => 0, Resample => 50,
        Dwell => 0.02, SignalRate => 50, I0Rate => 50, EnergyRate => 50);
    @e = scan({ %continuous, 'Fault:InvalidAt' => 10, 'Fault:InvalidN' => 10 });
    is(scalar(grep { $_->{severity} eq 'INVALID' } of('I1', @e)), 10,
        'Continuous: INVALID');
    @e = scan({ %continuous, 'Fault:DumpAt' => 10, 'Fault:DumpN' => 10 },
        'RingCurrent');
    is(scalar(grep { $_->{value} < 100 } of('I0', @e)), 10,
        'Continuous: beam dump');
    is(scalar(of('RingCurrent', @e)), 4, 'and the ring shows it');
    @e = scan({ %continuous, 'Fault:HoldAt' => 10 });
    my %stuck;
    $stuck{$_}++ for values_of('I1', @e);
    is(scalar(keys %stuck), 10, 'Continuous: stuck');
    @e = scan({ %continuous, 'Fault:PauseAt' => 20, 'Fault:PauseS' => 0.5 });
    my %same;
    $same{$_}++ for values_of('Energy', @e);
    my ($most) = sort { $b <=> $a } values %same;
    ok($most >= 24 && $most <= 28, "Continuous: $most read-backs at rest");
    @e = scan({ %continuous, 'Fault:AbortAt' => 15 });
    is(scalar(of('I1', @e)), 15, 'Continuous: aborted');
    is(caget('K:Aborted'), 'Aborted', 'and said');
    @e = scan({ %continuous, 'Fault:Stamp' => 'Future' });
    ok(!(grep { abs($_->{time} - time - 3600) > 60 } of('I1', @e)),
        'Continuous: the future');
    @e = scan({ %continuous, 'Fault:LateAt' => 5, 'Fault:LateN' => 1,
        'Fault:LateMs' => 50 });
    my @late = map { $_->{time} } of('I1', @e);
    is(scalar(grep { $late[$_] < $late[$_ - 1] } 1 .. $#late), 0,
        'Continuous: a stream has its order');
    is(scalar(of('I1', @e)), 49, 'Continuous: late, not lost');
    @e = scan({ %continuous, 'Fault:Empty' => 1 });
    is(scalar(of('Energy', @e)), 0, 'Continuous: nothing');

    @e = scan({ Mode => 'Sscan', Dwell => 0.06, 'Fault:NanAt' => 3 },
        qw(scan1:D02DA));
    ($arr) = map { $_->{array} } of('scan1:D02DA', @e);
    is(where(map { !!/nan/i } @$arr[0 .. 19]), '3', 'Sscan: NaN');
}

# One PV lost, and back: a relay of its own process.
{
    my $port = freePort();
    my $file = "$at->{dir}/relay.cmd";
    open my $out, '>', $file or die "$file: $!\n";
    print $out qq{on error break\nvar dbThreadRealtimeLock 0\n}
        . qq{xassimRelay("RELAY:I1", "K:I1")\niocInit\n};
    close $out or die "$file: $!\n";
    my $run = sub {
        local $ENV{EPICS_CAS_SERVER_PORT} = $port;
        my $relay = launch(program('xassim'), $file);
        $relay->expect(qr/xassim: ready, 0 stations/) or die "no relay\n";
        return $relay;
    };
    my $relay = $run->();
    $ENV{EPICS_CA_ADDR_LIST} .= " 127.0.0.1:$port";
    $at->plain('K:', Resample => 10, Dwell => 0.05);
    my $watch = $at->watch('RELAY:I1', 'K:I1');
    ok(caput('K:Start', 1, 60), 'a scan with a relay');
    my @e;
    ok(waitFor(sub {
        @e = $at->events($watch, '');
        return 10 == grep { $_->{pv} eq 'RELAY:I1' && $_->{value} > 0
            && $_->{severity} eq 'NO_ALARM' } @e;
    }), 'it follows');
    my ($relayed, $own) = map { my $pv = $_; [map { "$_->{value} $_->{time}" }
        grep { $_->{pv} eq $pv } @e] } qw(RELAY:I1 K:I1);
    is_deeply([@$relayed[-10 .. -1]], [@$own[-10 .. -1]],
        'values and stamps');
    $relay->end('KILL');
    ok(waitFor(sub { grep { /^RELAY:I1 .*disconnected/i } lines($watch) }),
        'lost alone');
    ok(defined caget('K:I1'), 'the others stay');
    $relay = $run->();
    is(caget('RELAY:I1'), caget('K:I1'), 'and back');
    is($relay->end('TERM'), 0, 'it ends');
    $watch->{client}->end('TERM');
}

sub lines {
    my ($watch) = @_;
    open my $in, '<', $watch->{log} or return;
    return <$in>;
}

# What cannot be scanned is refused.
{
    $at->plain('K:', Mode => 'Array', Resample => 20001);
    caput('K:Start', 1);
    is(caget('K:Start.SEVR'), 'MAJOR', 'more points than an array holds');
    like(caget('K:Comment.VAL$'), qr/an array holds 20000/, 'with the reason');
    $at->plain('K:', Mode => 'Sscan', Resample => 1001, Sweeps => 2);
    caput('K:Start', 1);
    like(caget('K:Comment.VAL$'), qr/scan1 holds 2000/, 'more than scan1');
    $at->plain('K:', Resample => 1000000, Sweeps => 3);
    caput('K:Start', 1);
    like(caget('K:Comment.VAL$'), qr/more than 2000000/, 'more than all');
    $at->plain('K:', Mode => 'Continuous', Dwell => 0);
    caput('K:Start', 1);
    like(caget('K:Comment.VAL$'), qr/takes no time/, 'a sweep without time');
}

is($at->end, 0, 'and it ends');
done_testing();
