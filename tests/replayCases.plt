#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Sessions with faults, recorded over Channel Access from the simulated
# stations (tests/replay/record.pl), come out as they have to
# (tests/replay/expected.tsv); and each reading that is not flagged is the one
# the station took, as the good session shows.
use strict;
use warnings;
use lib '..';
use Test::More;
use JSON::PP;
use XasTree qw(lines);
use XasWire qw(run program);

my (%expected, %replayed);
for (grep { !/^#/ } lines('tests/replay/expected.tsv')) {
    chomp;
    my ($file, @what) = split /\t/;
    push @{ $expected{$file} }, \@what;
}
my @kept = map { m{([^/]+)\.xev$} } sort glob '../replay/*.xev';
is_deeply([sort keys %expected], \@kept, 'each file has its expected outcome');

sub replay {
    my ($name) = @_;
    my ($status, $text) = run('sh', '-c', '"$@" 2>/dev/null', 'sh',
        program('xasctl'), 'replay', '--json', '--points',
        "../replay/$name.xev");
    is($status, 0, "$name: exit 0");
    $text =~ s/"(replay_s)":[^,}]*//; # what may differ each time
    return (decode_json($text =~ s/,\s*}/}/gr), $text);
}

# Energy to I0 and I1: the simulated photons are the same in each session.
sub key { return sprintf '%.3f', $_[0] }
my (%truth, $again);
for my $name ('good', grep { $_ ne 'good' } @kept) {
    my ($r, $text) = replay($name);
    is((replay($name))[1], $text, "$name: twice the same");
    is(scalar @{ $r->{scans} }, scalar @{ $expected{$name} },
       "$name: so many scans");
    ok($r->{closed} && !$r->{cut}, "$name: whole");
    diag "$name: the assembler asks otherwise than when it was recorded; "
        . "tests/replay/record.pl records it anew" if $r->{unanswered};
    for my $i (0 .. $#{ $expected{$name} }) {
        my ($exit, $points, $flagged, $lost, $flags, $events) =
            @{ $expected{$name}[$i] };
        my $s = $r->{scans}[$i] // {};
        is("$s->{exit} $s->{points} $s->{flagged} $s->{lost}",
           "$exit $points $flagged $lost",
           "$name $i: exit, points, flagged, lost");
        like("; $s->{flags};", qr/; \Q$flags\E;/, "$name $i: $flags")
            if $flags ne '-';
        is($s->{flags}, '', "$name $i: no flags") if $flags eq '-';
        my %count;
        my @seen = grep { !$count{$_}++ } map { $_->{what} } @{ $s->{events} };
        my %wanted = map { $_ => 1 } split / /, $events;
        is(join(' ', grep { $wanted{$_} } @seen),
           join(' ', do { my %once; grep { !$once{$_}++ } split / /, $events }),
           "$name $i: events $events");
        ok(!grep({ $_->{text} =~ /is now/ } @{ $s->{events} }),
           "$name $i: a text that comes again is no other") if !$i;
        next if $name =~ /^(arrays|burst)$/; # of other energies
        my $d = $s->{data};
        my @n = 0 .. $#{ $d->{energy} // [] };
        if (!%truth) {
            $truth{ key($d->{energy}[$_]) } = "$d->{i0}[$_] $d->{i1}[$_]"
                for @n;
        }
        # measured again, the photons are others
        next if $name =~ /^(backwards|beam-dump|top-up)$/ || $i && $name eq 'good';
        my @wrong = grep {
            ($d->{flags}[$_] & ~32) == 0 && "$d->{i0}[$_] $d->{i1}[$_]" ne
                ($truth{ key($d->{energy}[$_]) } // '')
        } @n;
        is("@wrong", '', "$name $i: readings without a flag are true");
    }
}
done_testing();
