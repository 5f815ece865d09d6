#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Files of models that were written by hand, with the right sum over them: what
# they say must still make sense, in this database.
use strict;
use warnings;
use Cwd 'abs_path';
use Digest::SHA 'sha256_hex';
use JSON::PP;
use lib '..';
use Test::More;
use XasCli;
use XasTree qw(top);

my $halides = abs_path(top()) . '/etc/halides.csv';
chdir $folder or die;

for my $formula (sort keys %dhf) {
    my ($element) = $formula =~ /^([A-Z][a-z]?)/;
    json('import', spectrum($formula, $element, $er{$element}, $dhf{$formula}))
        for 1 .. 2;
}
run('-d', $db, 'reference', 'import', $halides);
my $name = json(qw(train --kind K --repeats merge --permutations 0))->{name};
my ($status, $text) = run('-d', $db, 'model', 'export', $name);
is($status, 0, 'exported');

# The JSON at pos, its numbers as they are written, as the sum is made of it:
# no spaces, members in order of their names.
sub compact {
    my ($in) = @_;
    $$in =~ /\G\s*/gc;
    return $1 if $$in =~ /\G("(?:[^"\\]|\\.)*"|[^\s,:\[\]{}]+)/gc;
    $$in =~ /\G([\[{])\s*/gc or die 'no JSON at ' . pos $$in;
    my ($open, @member) = $1;
    until ($$in =~ /\G\s*[\]}]/gc) {
        my $one = compact($in);
        $one .= ':' . compact($in) if $open eq '{' && $$in =~ /\G\s*:/gc;
        push @member, $one;
        $$in =~ /\G\s*,/gc;
    }
    @member = sort @member if $open eq '{';
    return $open eq '{' ? '{' . join(',', @member) . '}'
        : '[' . join(',', @member) . ']';
}

sub signed {
    my ($file) = @_;
    $file =~ /"model": (?=\{)/g or die;
    my $sum = sha256_hex(compact(\$file));
    $file =~ s/("sha256": ")[0-9a-f]+/$1$sum/;
    return $file;
}

is(signed($text), $text, 'the sum is that of the program');

sub refused {
    my ($words, $pattern, $instead) = @_;
    my $file = $text;
    $file =~ s/$pattern/$instead/ or die "no $pattern";
    spew('forged.json', signed($file));
    fails(1, qr/forged\.json: $words/, '-d', $db, qw(model import --name bad),
        'forged.json');
}

# Rows of the other database are no rows of this one.
my $list = qr/"k_merge": \[[^\]]*\]/;
for my $no (1, '"1"', 'true', '{}', 1.5) {
    refused('k_merge: expected a list of the uids', $list, "\"k_merge\": $no");
}
refused('k_scan: expected the uid of a scan', qr/"k_scan": "[^"]*"/,
    "\"k_scan\": $_") for 3, '[]', '{}';
# Nor is a word a number, and an intercept has one place.
refused('x: not all are numbers', qr/"x": \[\s*[^\s,]+/, '"x": ["one"');
refused('model \d+: its terms are damaged', qr/"term": -1,/, '"term": -7,');
# Sizes without the rows to them: nothing is reserved, and it is said.
for my $size ([n => 'samples'], [p => 'columns'], [folds => 'sizes']) {
    refused("model \\d+: its $size->[1] are damaged", qr/"$size->[0]": \d+,/,
        "\"$size->[0]\": $_,") for -1, 1_000_000_000_000, 4611686018427387904;
}
is(scalar @{ json('model') }, 1, 'nothing of them is stored');

# Scans that this database does not have are nothing to refuse.
for my $merge ('[]', '["nobody", "knows"]',
    '[' . join(', ', map { "\"u$_\"" } 1 .. 1000) . ']', '[[1], {}, null]') {
    my $file = $text =~ s/$list/"k_merge": $merge/r;
    spew('forged.json', signed($file));
    my ($status, $out, $err) = run('-d', $db, qw(model import --name),
        'other ' . length $merge, 'forged.json');
    is($status, 0, substr "k_merge $merge", 0, 40) or diag $err;
}
my $known = json('model');
is(scalar @$known, 5, 'they are stored');
done_testing();
