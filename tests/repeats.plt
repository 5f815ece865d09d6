#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Repeats of a sample, merged, stand for it: in training, in the model's file,
# in predictions with that model, and no longer once there are others.
use strict;
use warnings;
use Cwd 'abs_path';
use JSON::PP;
use lib '..';
use Test::More;
use XasCli;
use XasTree qw(top);

my $halides = abs_path(top()) . '/etc/halides.csv';
chdir $folder or die;

my @compound = sort keys %dhf;

sub measure {
    my ($formula, $shift) = @_;
    my ($element) = $formula =~ /^([A-Z][a-z]?)/;
    my $got = json('import', spectrum($formula, $element,
        $er{$element} + ($shift // 0), $dhf{$formula}));
    return $got->[0]{scan};
}

# The K features of every sample as a model was trained on them.
sub trainedOn {
    my ($name) = @_;
    my ($status, $out) = run('-d', $db, 'model', 'export', $name);
    my $model = decode_json($out)->{model};
    my @column = map { $_->{name} } @{ $model->{model_feature} };
    my %of;
    for my $row (@{ $model->{model_sample} }) {
        my %x;
        @x{@column} = @{ $row->{x} };
        $of{ $row->{sample} } = { %$row, x => \%x };
    }
    return ($model->{model}[0], \%of);
}

sub isMerge {
    my ($row, $merge, $what) = @_;
    my @off = grep {
        my ($a, $b) = ($row->{x}{$_}, $merge->{features}{$_}{value});
        defined $a ? !defined $b || $a != $b : defined $b
    } keys %{ $row->{x} };
    is_deeply(\@off, [], "$what: features of the merge");
}

my %scan;
for my $formula (@compound) {
    push @{ $scan{$formula} }, measure($formula) for 1 .. 3;
}
push @{ $scan{FeCl2} }, measure('FeCl2', 0.8); # slipped: an outlier
my ($status) = run('-d', $db, 'reference', 'import', $halides);
is($status, 0, 'references');

# Training.
is(json(qw(train --kind K --name latest))->{repeats}, 'latest', 'by default');
my $report = json(qw(train --kind K --name merged --repeats merge --activate));
is($report->{repeats}, 'merge', 'by repeats where asked for');
my ($status2, $text) = run('-d', $db,
    qw(train --kind K --dry-run --repeats merge --permutations 0));
like($text, qr/repeats merged.*\n.* 8 of the samples by their repeats merged/s,
    'for people');
my ($head, $of) = trainedOn($report->{name});
is($head->{repeats}, 'merge', 'which the model keeps');
is(scalar keys %$of, 8, 'eight samples');
for my $formula (@compound) {
    my $row = $of->{"SYNTHETIC $formula"};
    my $merge = json('merge', "SYNTHETIC $formula");
    isMerge($row, $merge, $formula);
    is(scalar @{ $row->{k_merge} }, scalar @{ $scan{$formula} },
        "$formula: with its scans");
}
my $iron = json('merge', 'SYNTHETIC FeCl2');
is($iron->{used}, 3, 'without the one that slipped');
my ($latest) = grep { $_->{name} =~ /^latest/ } @{ json('model') };
my (undef, $single) = trainedOn($latest->{name});
is($single->{'SYNTHETIC FeCl2'}{k_merge}, undef, 'a latest scan is no merge');
cmp_ok($single->{'SYNTHETIC FeCl2'}{x}{edge_e}
    - $of->{'SYNTHETIC FeCl2'}{x}{edge_e}, '>', 0.6, 'and has slipped');

# Prediction.
my $by = json('predict', $scan{FeCl2}[0])->[0];
like($by->{reason}, qr/K: 3 of 4 scans merged/, "says so: $by->{reason}");
my $also = json('predict', $scan{FeCl2}[3])->[0];
is($also->{hf_kJ_per_mol}, $by->{hf_kJ_per_mol}, 'any of them asks for all');
like($also->{reason}, qr/not this one: outlier/, 'even one refused');
my $alone = json('predict', '--model', $latest->{name}, $scan{FeCl2}[3])->[0];
unlike($alone->{reason}, qr/merged/, 'the other model takes the scan alone');
cmp_ok(abs($alone->{hf_kJ_per_mol} - $by->{hf_kJ_per_mol}), '>', 10,
    'which makes a difference here');

# A prediction stored names its merge; a new repeat makes another merge.
my $again = measure('FeCl2');
my $shown = json('show', $again);
my $stored = $shown->{predictions}[-1];
like($stored->{reason}, qr/K: 4 of 5 scans merged/, 'one more');
is($stored->{k_merged}, join(' ', @{ $scan{FeCl2} }[0 .. 2], $again),
    'of which scans');
is($stored->{k_scan}, $again, 'asked for by the newest');

# The model in another database: the same numbers, no scans there.
($status) = run('-d', $db, 'model', 'export', $report->{name}, 'merged.json');
is($status, 0, 'exported');
($status) = run('-d', 'other.db', 'model', 'import', 'merged.json');
is($status, 0, 'imported');
my $back = do { local $db = 'other.db'; json('model', 'show', $report->{name}) };
is($back->{repeats}, 'merge', 'it still merges');
($status, $text) = run('-d', $db, 'model', 'import', '--name', 'twin',
    'merged.json');
my (undef, $twin) = trainedOn('twin');
is_deeply($twin->{'SYNTHETIC NiF2'}{k_merge},
    $of->{'SYNTHETIC NiF2'}{k_merge}, 'at home the merges are found');

# What samples lack.
{
    my ($status) = run('-d', $db, 'import',
        spectrum('Fe7Cl', 'Fe', $er{Fe}, -400),
        spectrum('FeS', 'Fe', $er{Fe}, -100));
    is($status, 0, 'two more samples');
    my %lacks = map { $_->{sample} => $_ } @{ json('samples') };
    my $one = $lacks{'SYNTHETIC FeCl2'};
    is($one->{k_scan}, $again, 'the scan that stands for a sample');
    is("$one->{k_good} $one->{l_good} $one->{scans}", '5 0 5', 'good ones');
    is($one->{l_scan}, undef, 'none at L');
    cmp_ok(abs($one->{dHf_kJ_per_mol} + 341.8), '<', 1, 'its reference');
    is($one->{lacks}, 'L scan', 'lacks an L scan alone');
    is($lacks{'SYNTHETIC FeS'}{lacks}, 'L scan, reference value',
        'lacks a reference, too');
    is($lacks{'SYNTHETIC Fe7Cl'}{formula}, 'Fe7Cl', 'its formula is known');
}

fails(2, qr/--repeats best: expected latest or merge/, '-d', $db,
    qw(train --repeats best));
fails(2, qr/--repeats is for samples/,
    qw(train --matrix x.csv --repeats merge));
done_testing();
