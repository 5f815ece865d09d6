#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Load over real Channel Access: 24 stations x 20 points a second x 5 PVs for a
# minute with nothing lost; one station at 20,000 events a second for ten seconds
# with nothing lost or every loss told; a detector of 19 elements that never
# change, so that each of 57 PVs is asked for at each point; sweeps of 19,990
# points with 57 arrays.  What xassim says it has posted is held against what is
# stored.  XASD_LOAD_S, XASD_BURST_S: other times.
use strict;
use warnings;
use lib '..';
use List::Util 'max';
use Test::More;
use Time::HiRes 'time';
use XasBeamline;

# As root EPICS takes real-time priority: as others do, without.
if ($> == 0 && !$ENV{XASD_LOAD_PLAIN}) {
    my @plain = ('setpriv', '--bounding-set=-all');
    $ENV{XASD_LOAD_PLAIN} = 1;
    exec @plain, $^X, $0 if (XasWire::run(@plain, 'true'))[0] eq '0';
    note 'measured with the privileges of root';
}

my $stations = 24;
my $seconds = $ENV{XASD_LOAD_S} || 60;
my $burst = $ENV{XASD_BURST_S} || 10;
my @station = map { sprintf 'SIM%02d', $_ } 1 .. $stations;
my $b = XasBeamline->new;

sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', "$b->{work}/$name" or die "$name: $!\n";
    print $out $text;
    close $out;
    return "$b->{work}/$name";
}

sub station {
    my ($name, $mode, $detection, $pv) = @_;
    return <<"END";
  { name = "$name"; prefix = "$name:"; record = "XASD:"; mode = "$mode";
    detection = "$detection"; edge = "K"; max_points = 20000;
    pv = { active = "$name:Busy"; planned = "$name:Planned";
           sample = "$name:Sample"; $pv }; }
END
}

sub plain_station {
    my ($name) = @_;
    return station($name, 'step', 'transmission', qq{energy = "$name:Energy";
        i0 = "$name:I0"; i1 = "$name:I1"; fluor = "$name:If";
        commit = "$name:Point"; sequence = "$name:Point";});
}

$ENV{XASD_CONF} = write_file('xasd.conf', "database = \"$b->{work}/xasd.db\";\n"
    . 'stations = (' . join(",\n", (map { plain_station($_) } @station),
        station('EL1', 'step', 'fluorescence', qq{energy = "EL1:Energy";
            i0 = "EL1:I0"; commit = "EL1:Point"; sequence = "EL1:Point";
            fluor = "EL3:Roi{1-19}"; icr = "EL3:Icr{1-19}";
            ocr = "EL3:Ocr{1-19}";}),
        station('EL2', 'array', 'fluorescence', qq{energy = "EL2:EnergyArr";
            i0 = "EL2:I0Arr"; sequence = "EL2:ArrDone"; i1 = "EL2:I1Arr";
            fluor = "EL2:Roi{1-19}Arr"; icr = "EL2:Icr{1-19}Arr";
            ocr = "EL2:Ocr{1-19}Arr";})) . ");\n");
my $st = write_file('st.cmd', "var dbThreadRealtimeLock 0\n"
    . "xassimStations(\"SIM%02d:\", $stations, \"K\", \"I0 I1 If\")\n"
    . "xassimStations(\"EL%d:\", 3, \"K\", \"I0 I1 If\", 19)\n"
    . "iocInit\n");
{
    local $ENV{EPICS_CAS_SERVER_PORT} = $b->{sim_port};
    $b->start(xassim => 'xassim', $st);
}
$b->start_xasd;
ok($b->wait_for(sub {
    my @n = $b->get(map { ("$_:XASD:Ca:Connected", "$_:XASD:Ca:Expected") }
        @station, 'EL1', 'EL2');
    return @n == 2 * @station + 4
        && !grep { !$n[$_] || $n[$_] ne $n[$_ + 1] } map { 2 * $_ }
            0 .. @station + 1;
}), "$stations stations are connected")
    or do { diag $b->log_of('xasd'); BAIL_OUT('nothing to test') };

sub put_all {
    my ($field, $value, @to) = @_;
    $b->put("$_:$field", $value) for @to;
}

# Seconds of processor time so far.
sub cpu {
    my ($name) = @_;
    open my $in, '<', '/proc/' . $b->pid($name) . '/stat' or return 0;
    my @field = split ' ', (<$in> =~ s/.*\) //r);
    return ($field[11] + $field[12]) / POSIX::sysconf(POSIX::_SC_CLK_TCK());
}

# What came, by station: points stored, lost, exit; and what was posted.
sub outcome {
    my ($name) = @_;
    my ($points, $lost, $exit, $flagged) = split /\|/, $b->sql(
        "SELECT points, lost, exit, flagged FROM scan WHERE station = '$name'
         ORDER BY id DESC LIMIT 1");
    return { points => $points, lost => $lost, exit => $exit,
        flagged => $flagged, posted => $b->get("$name:PostedPoint") };
}

sub closed { $b->sql("SELECT count(*) FROM scan WHERE state = 'closed'") }

# So many scans, all in all, at these stations; what they cost.
sub measure {
    my ($what, $s, $scans, @at) = @_;
    my $before = closed();
    $b->clear_log('lag');
    $b->start(lag => 'camonitor', '-t', 'n', map { "$_:XASD:Ca:Lag" } @at);
    my ($start, $xasd, $sim) = (time, cpu('xasd'), cpu('xassim'));
    $b->run('caput', '-w', 10, "$_:Start", 1) for @at;
    ok($b->wait_for(sub { closed() >= $before + $scans }, $s + 60),
        "$what: every scan is stored")
        or diag $b->sql('SELECT station, state FROM scan');
    my $took = time - $start;
    $b->stop('lag');
    my $lag = max 0,
        map { /\s([-+.\de]+)/ ? $1 : 0 } split /\n/, $b->log_of('lag');
    note sprintf '%s: %.0f s; processor: xasd %.1f %%, xassim %.1f %%; '
        . 'largest lag %.3f s', $what, $took,
        100 * (cpu('xasd') - $xasd) / $took,
        100 * (cpu('xassim') - $sim) / $took, $lag;
}

put_all(Sample => 'FeCl2', @station);
put_all(Resample => 20 * $seconds, @station);
put_all(Dwell => 0.05, @station);
measure("$stations stations x 20 Hz", $seconds, $stations, @station);
my @bad = grep { my $o = $_; $o->{lost} || $o->{flagged}
    || $o->{points} != $o->{posted} || $o->{points} != 20 * $seconds
    || $o->{exit} ne 'complete' } map { outcome($_) } @station;
is(scalar @bad, 0, "0 lost of $stations x " . 20 * $seconds . ' points x 5 PVs')
    or diag explain \@bad;

my $one = $station[0];
put_all(Resample => 4000 * $burst, $one);
put_all(Dwell => 0.00025, $one);
measure('20,000 events a second', $burst, 1, $one);
my $o = outcome($one);
is($o->{points} + $o->{lost}, $o->{posted},
    "stored $o->{points} + told as lost $o->{lost} = posted $o->{posted}");
is($o->{exit}, $o->{lost} ? 'lossy' : 'complete', "so it is $o->{exit}");
note "flagged $o->{flagged}";
put_all(Sample => 'FeCl2', 'EL1', 'EL2', 'EL3');
put_all(Points => 3, 'EL3'); # then its readings stay as they are
$b->put('EL3:Start', 1);
put_all(Resample => 20 * $burst, 'EL1');
put_all(Dwell => 0.05, 'EL1');
measure('57 silent PVs at 20 Hz', $burst, 1, 'EL1');
$o = outcome('EL1');
is_deeply([@$o{qw(points lost flagged)}], [20 * $burst, 0, 0],
    'each point has an answer of all');

put_all(Mode => 'Array', 'EL2');
put_all(Resample => 19990, 'EL2');
put_all(SweepTime => 2, 'EL2');
my $sweeps = int($burst / 2) || 1;
put_all(Sweeps => $sweeps, 'EL2');
measure('sweeps of 19,990 points with 60 arrays', $burst, $sweeps, 'EL2');
is($b->sql("SELECT group_concat(points || ' ' || exit, ', ') FROM scan
    WHERE station = 'EL2'"), join(', ', ('19990 complete') x $sweeps),
    'whole');
my @own = $b->get(map { "$_:XASD:Ca:Lost" } @station, 'EL1', 'EL2');
note "Ca:Lost @own";
is($b->stop('xasd'), 0, 'exit 0');
note $_ for $b->log_of('xasd') =~ /(at most .*)/g;
done_testing();
