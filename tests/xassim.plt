#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# xassim over Channel Access: every point arrives, in order, with the bits of
# the file; what cannot be is said; it stops cleanly.
use strict;
use warnings;
use lib '..';
use File::Temp qw(tempdir);
use Test::More;
use XasWire qw(base baseProgram freePort wireEnvironment launch program run
    caput caget);

plan skip_all => 'no EPICS_BASE' unless base();

my $dir = tempdir('xassimXXXXXX', TMPDIR => 1, CLEANUP => 1);
my $xassim = program('xassim');
my $st = '../../iocBoot/iocxassim/st.cmd';

sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', "$dir/$name" or die "$dir/$name: $!\n";
    print $out $text;
    close $out or die "$dir/$name: $!\n";
    return "$dir/$name";
}

# A camonitor that has shown the first value of each PV.
sub monitor {
    my (@pvs) = @_;
    my $monitor = launch('stdbuf', '-oL', baseProgram('camonitor'), '-g17',
        @pvs);
    my %missing = map { $_ => 1 } @pvs;
    while (%missing && defined(my $line = $monitor->line(20))) {
        delete $missing{ (split ' ', $line)[0] };
    }
    die "no @{[keys %missing]}\n" if %missing;
    $monitor->seen;
    return $monitor;
}

# One scan: [PV, day, time, value...] of each monitor until Busy is Idle,
# without the prefix.
sub watch {
    my ($p, @pvs) = @_;
    my $monitor = monitor(map { "$p$_" } @pvs, 'Busy');
    my $answer = caput("${p}Start", 1, 120);
    $monitor->expect(qr/^\S+Busy .*Idle/, 20);
    $monitor->end;
    return ($answer,
        map { s/^\Q$p\E//r =~ /\S/ ? [split ' ', s/^\Q$p\E//r] : () }
            $monitor->seen);
}

# Points of such lines: each must be the PVs in order, under one stamp.
sub points {
    my ($lines, @pvs) = @_;
    my @open = grep { $_->[0] ne 'Busy' && "$_->[0] $_->[3]" ne 'Point -1' }
        @$lines;
    my (@points, @faults);
    while (my @point = splice @open, 0, scalar @pvs) {
        my %stamps = map { $_->[2] => 1 } @point;
        push @faults, scalar @points
            if "@pvs" ne join(' ', map { $_->[0] } @point)
            || keys %stamps != 1 || $point[-1][3] != @points;
        push @points, { map { $_->[0] => $_ } @point };
    }
    return (\@points, \@faults);
}

# Same bits: %.17g is enough to tell two doubles.
sub same_bits {
    my ($points, %columns) = @_;
    my $bad = 0;
    while (my ($pv, $column) = each %columns) {
        for my $i (0 .. $#$column) {
            my $got = $points->[$i]{$pv}[3] // 'none';
            $bad++ if pack('d', $got) ne pack('d', $column->[$i]);
        }
    }
    return $bad == 0;
}

sub read_columns {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!\n";
    my @columns;
    while (<$in>) {
        next if /^\s*#/ || !/\S/;
        my @row = split;
        push @{ $columns[$_] }, $row[$_] for 0 .. $#row;
    }
    return @columns;
}

wireEnvironment(freePort());

# Usage, and what must not start.
{
    my ($status, $text) = run($xassim);
    is($status, 2, 'no arguments: exit 2');
    like($text, qr/^usage: xassim/, 'and usage');
    is((run($xassim, '-h'))[0], 0, '-h: exit 0');
    for (['no such file', "$dir/none.cmd", qr/none\.cmd/],
        ['no iocInit', write_file('a.cmd', "# nothing\n"), qr/no iocInit/],
        ['bad signals', write_file('b.cmd',
            qq{on error break\nxassimStation("A:", "K", "I1")\niocInit\n}),
            qr/expected I0 and some of/],
        ['a station twice', write_file('c.cmd', "on error break\n"
            . qq{xassimStation("A:", "K", "I0 I1")\n} x 2 . "iocInit\n"),
            qr/A: is there already/]) {
        my ($what, $file, $words) = @$_;
        my ($code, $said) = run($xassim, $file);
        ok($code eq '1' && $said =~ $words, "$what: exit 1, said");
    }
}

my $sim = launch($xassim, $st);
ok($sim->expect(qr/^xassim: ready, 2 stations$/), 'ready')
    or BAIL_OUT(join "\n", $sim->seen);

# A synthetic scan, fast: nothing is lost, all in order.
{
    ok(caput('BL5S1:Sample', 'FeCl2') && caput('BL5S1:Dwell', 0.0005),
        'a sample');
    is(caget('BL5S1:Formula'), 'FeCl2', 'it sets the formula');
    my @pvs = qw(Energy I0 I1 If Point);
    my ($answer, @lines) = watch('BL5S1:', @pvs);
    ok($answer, 'caput -c Start returns');
    my ($points, $faults) = points(\@lines, @pvs);
    is(scalar @$points, 375, 'all points at 0.5 ms');
    is("@$faults", '', 'each in order, under one stamp');
    is(caget('BL5S1:Done') . caget('BL5S1:Busy'), '1Idle', 'scan counted');
    is(caget('BL5S1:Planned'), 375, 'planned');
    is(join(' ', caget('BL5S1:Element'), caget('BL5S1:EdgeName')), 'Fe K',
        'element and edge');
    like(caget('BL5S1:Comment.VAL$'), qr/^SYNTHETIC FeCl2 .*seed 1/,
        'labelled synthetic');
    is(caget('BL5S1:Point'), -1, 'no point between scans');
    my ($again, @repeat) = watch('BL5S1:', @pvs);
    my ($second) = points(\@repeat, @pvs);
    is_deeply([map { $_->{I1}[3] } @$second], [map { $_->{I1}[3] } @$points],
        'the same seed counts the same photons');
}

# What cannot be measured is refused, on the wire and in the log.
{
    my $done = caget('BL5S1:Done');
    caput('BL5S1:Sample', 'mystery');
    is(caget('BL5S1:Formula'), '', 'an unknown name has no formula');
    caput('BL5S1:Start', 1);
    is(caget('BL5S1:Start.SEVR'), 'MAJOR', 'Start refused: alarm');
    like(caget('BL5S1:Comment.VAL$'), qr/^not started: .*mystery/,
        'and reason');
    ok($sim->expect(qr/xassim: BL5S1: not started.*mystery/), 'and log');
    is(caget('BL5S1:Done'), $done, 'no scan');
    caput('BL5S1:Formula', 'NiF2');
    caput('BL5S1:Start', 1);
    is(caget('BL5S1:Start.SEVR') . caget('BL5S1:Element'), 'NO_ALARMNi',
        'a formula helps');
    is(caget('BL5S1:Sample'), 'mystery', 'the sample keeps its name');
    run(baseProgram('caput'), qw(-t BL5S1:I0 1));
    isnt(caget('BL5S1:I0'), 1, 'readings cannot be put');
}

# Files: awkward numbers, bit by bit.
{
    my $file = write_file('a.xdi', "# XDI/1.0\n# Element.symbol: Fe\n"
        . "# Element.edge: K\n# Sample.name: odd\n# Sample.formula: FeO\n"
        . "# energy itrans i0\n" . join '', map { "$_\n" }
        '7111.0000000000009 0.1 0.30000000000000004',
        '7112.3333333333330 4e-320 1.7976931348623157e308',
        '7113 -0.0 123456789.12345679', '7113 1e-5 2');
    ok(caput('BL5S1:File', $file), 'a file');
    is(join(' ', caget('BL5S1:Sample'), caget('BL5S1:Formula')), 'odd FeO',
        'names its sample');
    my @pvs = qw(Energy I0 I1 If Point);
    my ($answer, @lines) = watch('BL5S1:', @pvs);
    my ($points, $faults) = points(\@lines, @pvs);
    my ($e, $i1, $i0) = read_columns($file);
    ok(@$points == 4 && !@$faults, 'all its points, unchanged readings too');
    ok(same_bits($points, Energy => $e, I0 => $i0, I1 => $i1), 'same bits');
    ok($points->[0]{If}[3] =~ /nan/i && "@{$points->[0]{If}}" =~ /INVALID/,
        'what it lacks is INVALID');
    like(caget('BL5S1:Comment.VAL$'), qr/^played from a\.xdi: I0, I1 as/,
        'said so');
    caput('BL1N2:File', write_file('mu.xdi',
        "# energy mutrans\n700 0.25\n701 0.5\n"));
    caput('BL1N2:Start', 1);
    is(join(' ', map { caget("BL1N2:$_") } qw(I0 TEY)), '1000000 500000',
        'mu becomes counts');
    like(caget('BL1N2:Comment.VAL$'), qr/^converted from mu/, 'said so');
    caput('BL1N2:File', "$dir/no.xdi");
    is(caget('BL1N2:File.SEVR'), 'MAJOR', 'a missing file: alarm');
    like(caget('BL1N2:Comment.VAL$'), qr{no\.xdi: No such file}, 'and reason');
    ok($sim->expect(qr/xassim: BL1N2: .*no\.xdi: No such/), 'and log');
    caput('BL1N2:Start', 1);
    is(caget('BL1N2:Start.SEVR'), 'MAJOR', 'and no scan');
    caput('BL1N2:File', '');
    is(caget('BL1N2:File.SEVR'), 'NO_ALARM', 'no file, no alarm');
}

# Measured spectra, where they are.
SKIP: {
    my $shared = ($ENV{XASD_SHARED} || '../../../shared') . '/data/measured';
    my @files = (['Fe2O3_rt_01', 0, 1, 2], ['V2O5', 0, 2, 3]);
    skip "no shared data; XASD_SHARED names its folder", 2 unless -d $shared;
    for (@files) {
        my ($name, @at) = @$_;
        my @columns = read_columns("$shared/$name.xdi");
        my @pvs = qw(Energy I0 I1 Point);
        caput('BL5S1:File', "$shared/$name.xdi");
        my ($answer, @lines) = watch('BL5S1:', @pvs);
        my ($points, $faults) = points(\@lines, @pvs);
        ok(@$points == @{ $columns[0] } && !@$faults
            && same_bits($points, Energy => $columns[$at[0]],
                I0 => $columns[$at[1]], I1 => $columns[$at[2]]),
            "$name: " . @$points . ' points, same bits');
    }
}

# Points, Mdel, Stop.
{
    caput('BL5S1:File', write_file('flat.xdi',
        "# energy i0 itrans\n" . join '', map { "$_ 5 2\n" } 1 .. 300));
    caput('BL5S1:Points', 6);
    caput('BL5S1:Mdel', 0);
    my ($answer, @lines) = watch('BL5S1:', qw(Energy I0 Point));
    my %count;
    $count{ $_->[0] }++ for @lines;
    is("$count{Energy} $count{I0}", '6 1', 'MDEL 0: only changes are posted');
    caput('BL5S1:Mdel', -1);
    caput('BL5S1:Points', 0);
    caput('BL5S1:Dwell', 0.02);
    my $monitor = monitor('BL5S1:Point');
    my $scan = launch(baseProgram('caput'), qw(-t -c -w 60 BL5S1:Start 1));
    ok($monitor->expect(qr/ 5\s*$/), 'a long scan runs');
    is(caget('BL5S1:Aborted'), 'No', 'not aborted');
    caput('BL5S1:Stop', 1);
    is($scan->finish, 0, 'Stop ends it, and the caput that began it');
    is(join(' ', map { caget("BL5S1:$_") } qw(Aborted Point Busy)),
        'Aborted -1 Idle', 'as aborted');
    ok($monitor->expect(qr/ -1\s*$/), 'no point any more');
    ok(!(grep { / 299\s*$/ } $monitor->seen), 'points were left');
    $monitor->end;
}

# SIGTERM in mid-scan.
{
    my $monitor = monitor('BL5S1:Point');
    my $scan = launch(baseProgram('caput'), qw(-t -c -w 60 BL5S1:Start 1));
    ok($monitor->expect(qr/ 5\s*$/), 'a scan runs');
    is($sim->end('TERM'), 0, 'SIGTERM: exit 0');
}

done_testing();
