#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Measured spectra, played over Channel Access and stored by the daemon: each
# channel comes out with the bits that went in, and E0, edge step and pre-edge
# line are those of Larch.  K edges at BL5S1 (transmission), L edges at BL1N2
# (electron yield); no measured file has raw fluorescence channels.
use strict;
use warnings;
use lib '..';
use Cwd 'abs_path';
use POSIX qw(strtod);
use Test::More;
use XasBeamline;

my $data = abs_path(($ENV{XASD_SHARED} || '../../../shared')
                    . '/data/measured');
plan skip_all => 'no measured spectra here, see XASD_SHARED'
    unless $data && glob("$data/*.xdi");

# Raw channels of a file, by the role under which they are stored.
my %role = (i0 => ['i0'], i1 => ['itrans', 'i1'],
            fluor => ['ifluor', 'if'], tey => ['itey', 'tey']);

# As C reads a number: perl's own conversion may miss the last bit.
sub number { return (strtod($_[0]))[0] }

# { edge, energy => [..] in eV, label => [..] }
sub read_xdi {
    my ($file) = @_;
    my ($kev, %x, @label, @column) = (0);
    open my $in, '<', $file or die "$file: $!\n";
    while (<$in>) {
        s/\s+\z//;
        if (/^#\s*Column\.(\d+):\s*(\S+)\s*(\S*)/i) {
            $label[$1 - 1] = lc $2;
            $kev = 1 if lc $2 eq 'energy' && lc $3 eq 'kev';
        } elsif (/^#\s*Element\.edge:\s*(\S+)/i) {
            $x{edge} = uc substr $1, 0, 1;
        } elsif (/^\s*[^#\s]/) {
            my @word = split;
            push @{$column[$_]}, number($word[$_]) for 0 .. $#word;
        }
    }
    $x{$label[$_]} = $column[$_] for grep { $label[$_] } 0 .. $#column;
    $x{energy} = [map { $_ * 1000 } @{$x{energy}}] if $kev;
    return \%x;
}

sub first_of {
    my ($x, @label) = @_;
    for (@label) { return $x->{$_} if $x->{$_} }
    return undef;
}

# Rows of larch_reference.csv by file; its first fields hold no commas.
sub read_larch {
    my (%larch, @name);
    open my $in, '<', "$data/larch_reference.csv" or return {};
    while (<$in>) {
        chomp;
        my @field = split /,/;
        @name = @field, next unless @name;
        @{$larch{$field[0]}}{@name[0 .. 9]} = @field[0 .. 9];
    }
    return \%larch;
}

my $b = XasBeamline->new;
ok($b->start_all, 'stations and daemon are up, every PV connected')
    or do { diag $b->log_of('xasd'); BAIL_OUT('nothing to test') };
my $patience = $XasWire::patience;
my $scan = 0; # the last one

sub play {
    my ($station, $file, $dwell) = @_;
    $b->put("$station:Dwell", $dwell);
    $b->run('caput', '-c', '-S', '-w', 20, "$station:File.VAL\$", $file);
    $b->run('caput', '-c', '-w', $patience, "$station:Start", 1);
    $scan++;
    return $b->wait_for(sub {
        $b->sql("SELECT count(*) FROM prediction WHERE scan = $scan") });
}

# The scan and its channels, the latter as bytes.
sub stored {
    my %s;
    @s{qw(exit points planned flagged lost edge station)} =
        split /\|/, $b->sql("SELECT exit, points, planned, flagged, lost,
                             edge, station FROM scan WHERE id = $scan");
    @s{qw(e0 edge_step pre_offset pre_slope)} =
        split /\|/, $b->sql("SELECT printf('%.17g|%.17g|%.17g|%.17g', e0_eV,
            edge_step, pre_offset, pre_slope_per_eV)
            FROM spectrum WHERE scan = $scan");
    $s{comment} = $b->sql("SELECT comment FROM scan WHERE id = $scan");
    for (split /\n/, $b->sql("SELECT name, hex(data) FROM scan_channel
                              WHERE scan = $scan")) {
        my ($name, $hex) = split /\|/;
        $s{channel}{$name} = pack 'H*', $hex;
    }
    return \%s;
}

# On a machine too busy Channel Access itself drops points.  The daemon says
# so, and the same is played slower.
sub play_whole {
    my ($station, $file) = @_;
    for my $dwell (0.0004, 0.01) {
        play($station, $file, $dwell) or return undef;
        my $s = stored();
        return $s if $s->{exit} ne 'lossy' || $dwell > 0.001;
        diag "$file: $s->{lost} points lost at $dwell s, played again";
    }
}

sub channel { return $_[0]{channel}{$_[1]} // '' }

# Raw channels to the last bit.  Returns what differs.
sub check_raw {
    my ($s, $x) = @_;
    my @bad;
    for my $name (sort keys %role) {
        my $column = first_of($x, @{$role{$name}}) or next;
        push @bad, $name if channel($s, $name) ne pack 'd<*', @$column;
    }
    return @bad;
}

# Absorption only: I0 and I1 or TEY made from it give it back.
sub check_made {
    my ($s, $x) = @_;
    my $mu = first_of($x, qw(mutrans normtrans)) or return 'no mu in the file';
    my $name = $x->{edge} eq 'L' ? 'tey' : 'i1';
    my @i0 = unpack 'd<*', channel($s, 'i0');
    my @signal = unpack 'd<*', channel($s, $name);
    return "$name: number" if @signal != @$mu || @i0 != @$mu;
    my @bad;
    for my $i (0 .. $#signal) {
        my $got = $name eq 'tey' ? $signal[$i] / $i0[$i]
                                 : log($i0[$i] / $signal[$i]);
        # Some roundings of 2^-53, of exp(mu) and of mu itself.
        push @bad, "${name}[$i]"
            if abs($got - $mu->[$i]) > 5e-16 * (1 + abs $mu->[$i]);
    }
    return @bad;
}

# The tolerances of the project for Larch's E0, step and pre-edge line.
sub check_larch {
    my ($s, $l) = @_;
    my @bad;
    push @bad, "e0 $s->{e0}" if abs($s->{e0} - $l->{e0}) > 0.001;
    for my $name (qw(edge_step pre_offset pre_slope)) {
        push @bad, "$name $s->{$name}"
            if abs($s->{$name} - $l->{$name}) > 1e-8 * abs $l->{$name};
    }
    return @bad;
}

sub few { return join ' ', @_[0 .. ($#_ < 5 ? $#_ : 5)] }

my $larch = read_larch();
for my $must ('Fe2O3_rt_01.xdi', 'V2O5.xdi') {
    ok($larch->{$must} && -r "$data/$must", "$must and its reference are here");
}
# Seen by eye; far above the edge.
my %glitches = ('athena_Cu_Cu2O.xdi' => 1, 'athena_Fe_FeSO4.xdi' => 2);
my %seen;
for my $file (glob "$data/*.xdi") {
    my $x = read_xdi($file);
    my ($name) = $file =~ m{([^/]+)$};
    my $station = $x->{edge} eq 'L' ? 'BL1N2' : 'BL5S1';
    my $raw = $x->{i0} && first_of($x, map { @$_ } @role{qw(i1 fluor tey)});
    my $s = play_whole($station, $file);
    ok($s, "$name: played at $station, stored") or next;
    my $n = @{$x->{energy}};
    my $glitches = $glitches{$name} // 0;
    is("@$s{qw(exit points planned flagged lost edge station)}",
       "complete $n $n $glitches 0 $x->{edge} $station",
       "$name: $n points, $glitches flagged, none lost");
    my @bad = $raw ? check_raw($s, $x) : check_made($s, $x);
    unshift @bad, 'energy'
        if channel($s, 'energy') ne pack 'd<*', @{$x->{energy}};
    is(few(@bad), '',
       "$name: " . ($raw ? 'channels to the last bit' : 'mu comes back'));
    like($s->{comment}, $raw ? qr/^played from \Q$name\E: .* as in the file/
                             : qr/^converted from mu of \Q$name\E/,
         "$name: the comment says which");
    is(few(check_larch($s, $larch->{$name})), '',
       "$name: E0, step and pre-edge line are Larch's")
        if $larch->{$name} && $larch->{$name}{e0};
    $seen{$raw ? 'with raw channels' : 'with absorption only'}++;
}
note "$seen{$_} spectra $_" for sort keys %seen;
is($b->stop('xasd'), 0, 'a stop: exit 0');
unlike($b->log_of('xasd'), qr/lost: |does not take/, 'no fault in its log');
done_testing();
