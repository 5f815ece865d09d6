#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Models as data, through xasctl: compared with history, written to files and
# read from them, activated and taken back.
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

# Two models of eight made compounds; the second is active.
sub testPrepare {
    my @files = map { spectrum($_, /^([A-Z][a-z]?)/, $er{ substr $_, 0, 2 },
        $dhf{$_}) } sort keys %dhf;
    is(scalar @{ json('import', @files) }, 8, 'eight spectra');
    my ($status) = run('-d', $db, 'reference', 'import', $halides);
    is($status, 0, 'references');
    my $first = json(qw(train --kind K --activate))->{name};
    my $second = json(qw(train --kind K --name mine --activate
        --alpha-fraction 0.2))->{name};
    return ($first, $second);
}

# A model in a file: all of it, unchanged, or refused.
sub testModelFile {
    my ($name) = @_;
    my $other = "$folder/other.db";
    my ($status, $out) = run('-d', $db, 'model', 'export', $name,
        "$folder/model.json");
    is($status, 0, 'a model is exported');
    fails(1, qr/model.json: File exists/, '-d', $db, 'model', 'export', $name,
        "$folder/model.json");
    open my $in, '<:raw', "$folder/model.json" or die;
    my $text = do { local $/; <$in> };
    my $file = decode_json($text);
    like($file->{sha256}, qr/^[0-9a-f]{64}$/, 'with its sum');
    my @unnamed = grep { ($_->{k_scan} // '') !~ /^file-[0-9a-f]+/ }
        @{ $file->{model}{model_sample} };
    is(scalar @unnamed, 0, 'and the scans it was trained on')
        or diag explain $unnamed[0]{k_scan};
    is($file->{model}{model}[0]{calibration}, 'none', 'and their calibration');
    ($status, $out) = run('-d', $other, 'model', 'import',
        "$folder/model.json");
    ok($status eq '0' && $out =~ /model 1; activate it/, 'and imported');
    my @both = map { local $db = $_; json('model', 'show', $name) } $db, $other;
    delete @{$_}{qw(id row)} for @both;
    is_deeply($both[1], $both[0], 'all of it');
    ($status) = run('-d', $other, 'model', 'activate', $name);
    is($status, 0, 'it can predict');
    fails(1, qr/there is a model ".*" already/, '-d', $other, 'model',
        'import', "$folder/model.json");
    ($status, $out) = run('-d', $other, 'model', 'import', '--name', 'again',
        "$folder/model.json");
    is($status, 0, 'under another name');
    ($status, $out) = run('-d', $other, 'model', 'export', 'again');
    ($status, my $second) = run('-d', $db, 'model', 'export', $name);
    my @term = map { decode_json($_)->{model}{model_term} } $out, $second;
    is_deeply($term[0], $term[1], 'numbers to the last bit');
    testBadFile($text, $other);
}

sub testBadFile {
    my ($text, $other) = @_;
    my $bad = sub {
        my ($words, $is) = @_;
        open my $to, '>:raw', "$folder/bad.json" or die;
        print $to $is;
        close $to;
        fails(1, $words, '-d', $other, qw(model import --name bad),
            "$folder/bad.json");
    };
    $bad->(qr/bad\.json:1: /, '{');
    $bad->(qr/bad\.json: not a model: expected format/, '{"format": "x"}');
    $bad->(qr/bad\.json: version 9 of the format/,
        $text =~ s/"version": 1/"version": 9/r);
    (my $changed = $text) =~ s/("coefficient": )(-?)/$1${2}9/;
    $bad->(qr/changed since it was exported/, $changed);
    local $db = $other;
    is(scalar @{ json('model') }, 2, 'nothing of them is stored');
    fails(1, qr/none\.json: No such file/, '-d', $other,
        qw(model import none.json));
    fails(2, qr/expected list, show NAME/, '-d', $other, qw(model export));
}

sub testUndo {
    my ($first, $second) = @_;
    my $active = sub {
        join ' ', map { $_->{name} } grep { $_->{active} } @{ json('model') };
    };
    is($active->(), $second, 'the second is active');
    my ($status, $out) = run('-d', $db, qw(model undo K));
    ok($status eq '0' && $active->() eq $first, 'undone: the first again');
    ($status, $out) = run('-d', $db, qw(model undo K));
    like($out, qr/no model of K predicts/, 'and none');
    is($active->(), '', 'indeed');
    fails(1, qr/no model of K is active: nothing to undo/, '-d', $db,
        qw(model undo K));
    fails(1, qr/expected a kind, K, L or K\+L/, '-d', $db, qw(model undo M));
    run('-d', $db, 'model', 'activate', $_) for $first, $second;
}

# History by another model than the active one, beside what is stored.
sub testOtherModel {
    my ($name) = @_;
    my $by = json('predict', '--model', $name, '--all');
    is_deeply([sort { $a <=> $b } map { $_->{scan} } @$by],
        [map { $_->{scan} } sort { $a->{scan} <=> $b->{scan} }
            @{ json('scans', '--all') }], 'all scans');
    my ($one) = grep { $_->{scan} == 1 } @$by;
    is($one->{model}, $name, 'by the model named, not the active one');
    ok(!defined $one->{stored}{hf_kJ_per_mol} && !defined $one->{difference},
        'nothing was predicted when it was stored');
    my ($status, $out) = run('-d', $db, 'predict', '--model', $name, 1);
    like($out, qr/stored: none.*\n0 scans with both values; 1 with one/s,
        'said in words');
    fails(1, qr/no model "other"/, '-d', $db, qw(predict --model other 1));
    fails(2, qr/expected no scan/, '-d', $db, qw(predict --all 1));
}

my ($first, $second) = testPrepare();
testOtherModel($first);
testModelFile($first);
testUndo($first, $second);
done_testing();
