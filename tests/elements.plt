#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# A detector of 19 elements over real Channel Access, its energy read as an
# angle, its dark counts known: without noise what is stored is what the
# simulated station says is true, with all elements and with one that dies.
use strict;
use warnings;
use lib '..';
use List::Util qw(max min);
use Test::More;
use XasBeamline;

my $elements = 19;
my $b = XasBeamline->new;

sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', "$b->{work}/$name" or die "$name: $!\n";
    print $out $text;
    close $out or die "$name: $!\n";
    return "$b->{work}/$name";
}

my $sim = write_file('sim.cmd', <<"END");
on error break
var dbThreadRealtimeLock 0
xassimStation("K:", "K", "I0 If", $elements)
iocInit
END
$ENV{XASD_CONF} = write_file('xasd.conf', <<"END");
database = "$b->{work}/xasd.db";
stations = ( {
    name = "K"; prefix = "K:"; detection = "fluorescence"; edge = "K";
    pv = { angle = "K:Angle"; i0 = "K:I0";
           fluor = "K:Roi{1-$elements}"; icr = "K:Icr{1-$elements}";
           ocr = "K:Ocr{1-$elements}";
           commit = "K:Point"; sequence = "K:Point"; active = "K:Busy";
           planned = "K:Planned"; aborted = "K:Aborted"; sample = "K:Sample";
           formula = "K:Formula"; element = "K:Element"; };
    d_spacing_A = 3.1356;
    dark = { i0 = 50.0; };
    resume_gap_s = 0;
} );
END
{
    local $ENV{EPICS_CAS_SERVER_PORT} = $b->{sim_port};
    $b->start(xassim => 'xassim', $sim);
}
$b->start_xasd;
ok($b->wait_for(sub {
    my @n = $b->get('K:XASD:Ca:Connected', 'K:XASD:Ca:Expected');
    return @n == 2 && $n[0] ne '' && $n[0] eq $n[1];
}), 'every PV connected') or do {
    diag $b->log_of('xasd');
    BAIL_OUT('nothing to test');
};
is($b->get('K:XASD:Ca:Expected'), 66,
    'angle, i0, 57 of the elements, 7 others');

$b->put('K:Noise', 0);
$b->put('K:Dark', 50);
$b->put('K:Dwell', 0.02);
$b->put('K:TauNs', 1000);

# A channel of a scan, from its blob.
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

# If/I0 over the truth at the same point: the middle, and how far from it.
sub ratio {
    my ($scan) = @_;
    my @fluor = channel($scan, 'fluor');
    my @i0 = channel($scan, 'i0');
    my @mu = numbers('K:TruthMu');
    return (0, 9) unless @fluor && @fluor == @mu;
    my @r = map { $fluor[$_] / ($i0[$_] - 50) / $mu[$_] } 0 .. $#mu;
    return ((min(@r) + max(@r)) / 2, max(@r) / min(@r) - 1);
}

ok($b->measure('K', 'FeCl2'), 'a scan');
is($b->sql('SELECT exit, points = planned, flagged, lost, element FROM scan
    WHERE id = 1'), 'complete|1|0|0|Fe', 'complete, nothing flagged');
my @energy = channel(1, 'energy');
my @truth = numbers('K:TruthE');
is(scalar @energy, scalar @truth, 'all points');
# hc of station and daemon are rounded in the ninth digit: 4e-7 eV of 7 keV
cmp_ok(max(map { abs($energy[$_] - $truth[$_]) } 0 .. $#truth), '<', 1e-5,
    'energies from the angle');
my ($middle, $spread) = ratio(1);
my $whole = $middle;
cmp_ok($spread, '<', 1e-6, 'the sum over I0 is If/I0 at every point');
my @dead = map {
    my @i = channel(1, "icr$_");
    my @o = channel(1, "ocr$_");
    map { 1 - $o[$_] / $i[$_] } 0 .. $#i;
} 1 .. $elements;
cmp_ok(max(@dead), '>', 0.01, 
    sprintf 'though dead for up to %.1f %% of the time', 100 * max(@dead));

# One dies in mid-scan.
$b->put('K:Fault:DeadElement', 7);
$b->put('K:Fault:DeadAt', 20);
ok($b->measure('K', 'FeCl2'), 'a scan in which element 7 dies');
is($b->sql('SELECT exit, flagged, lost FROM scan WHERE id = 2'),
    'complete|0|0', 'complete, no point flagged');
is($b->sql("SELECT group_concat(name) FROM scan_channel WHERE scan = 2 AND
    used = 0"), 'fluor7,icr7,ocr7', 'it is left out');
like($b->sql("SELECT group_concat(text) FROM scan_event WHERE scan = 2 AND
    what = 'element'"),
    qr{^fluor7 is left out of the scan: ocr7 is 0 at [^,]*$},
    'an event says so, once');
($middle, $spread) = ratio(2);
cmp_ok($spread, '<', 1e-6, 'no step at the point where it died');
cmp_ok($middle, '<', 0.99 * $whole, 'the sum is less by one element');
is($b->get('K:XASD:Scan:LeftOut.VAL$'), 'fluor7', 'and on the screen');
my @ocr = channel(2, 'ocr7');
ok($ocr[19] > 0 && $ocr[-1] == 0, 'its readings are kept');
cmp_ok($b->sql('SELECT count(*) FROM feature WHERE scan = 1 AND value IS NOT
    NULL'), '>', 5, 'features are found');
is($b->sql("SELECT count(*) FROM feature a JOIN feature b USING (name)
    WHERE a.scan = 1 AND b.scan = 2 AND name LIKE '%\\_e' ESCAPE '\\' AND
    abs(a.value - b.value) > 1e-3"), 0, 'the same energies in both');

my $show = $b->run('xasctl', '-d', "$b->{work}/xasd.db", 'show', 2);
like($show, qr/^left_out +fluor7$/m, 'xasctl show: left out');
like($show, qr/^d_spacing_A +3\.1356$/m, 'xasctl show: spacing');
like($show, qr/^i0 .* 50(\.0)?\b/m, 'xasctl show: dark offset');

# xasd is killed in mid-scan, behind the death of an element, and starts again
# too late to go on: no assembler ends this scan.
$b->put('K:Fault:DeadAt', 5);
$b->put('K:Dwell', 0.1);
$b->put('K:Start', 1);
ok($b->wait_for(sub { $b->sql("SELECT count(*) FROM scan WHERE id = 3 AND
    points > 15") }), 'a third scan runs');
$b->stop(xasd => 'KILL');
$b->put('K:Stop', 1);
$b->start_xasd;
ok($b->wait_for(sub { $b->sql("SELECT count(*) FROM quality WHERE scan = 3") }),
    'killed, started again: it is closed') or diag $b->log_of('xasd');
is($b->sql("SELECT exit FROM scan WHERE id = 3"), 'interrupted', 'interrupted');
is($b->sql("SELECT group_concat(name) FROM scan_channel WHERE scan = 3 AND
    used = 0"), 'fluor7,icr7,ocr7', 'without the element that died');
is($b->sql("SELECT dark FROM scan_channel WHERE scan = 3 AND name = 'i0'"),
    '50.0', 'with its dark offset');
my %mu;
@mu{map { sprintf '%.2f', $_ } numbers('K:TruthE')} = numbers('K:TruthMu');
@energy = channel(3, 'energy');
my @fluor = channel(3, 'fluor');
my @i0 = channel(3, 'i0');
my @ratio = map { $fluor[$_] / ($i0[$_] - 50)
    / ($mu{sprintf '%.2f', $energy[$_]} // 1e9) } 0 .. $#energy;
cmp_ok(max(@ratio) / min(@ratio) - 1, '<', 1e-6, 'and no step');

# To a file and back.
for my $how ([raw => '--raw'], ['good points']) {
    my ($name, @option) = @$how;
    my $file = "$b->{work}/2.xdi";
    my $other = "$b->{work}/other-$name.db" =~ s/ /-/r;
    $b->run('xasctl', '-d', "$b->{work}/xasd.db", 'export', @option, '-o',
        $file, 2);
    is($?, 0, "xasctl export, $name");
    $b->run('xasctl', '-d', $other, 'import', $file);
    is($?, 0, 'import');
    my $before = "SELECT group_concat(name || ' ' || round(value, 6)) FROM
        (SELECT name, value FROM feature WHERE scan = 2 ORDER BY name)";
    my $was = $b->sql($before);
    local $b->{database} = $other;
    is($b->sql($before =~ s/scan = 2/scan = 1/r), $was, 'the same features');
    is($b->sql("SELECT count(*), sum(used = 0) FROM scan_channel WHERE name
        LIKE '%cr%' OR name LIKE 'fluor_%'"), '57|3', 'elements and all');
}

done_testing();
