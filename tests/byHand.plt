#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Stored predictions, had again from the tables alone as the manual page says:
# nothing of ours is asked, sqlite3 is.
use strict;
use warnings;
use Cwd 'abs_path';
use JSON::PP;
use lib '..';
use Test::More;
use XasCli;
use XasTree qw(top);

plan skip_all => 'no sqlite3 to ask the database with'
    if !grep { -x "$_/sqlite3" } split /:/, $ENV{PATH};
my $halides = abs_path(top()) . '/etc/halides.csv';
chdir $folder or die;

sub rows {
    my ($sql) = @_;
    open my $out, '-|', 'sqlite3', '-json', '-readonly', $db, $sql or die;
    my $text = do { local $/; <$out> };
    close $out or die $sql;
    return $text ? @{ decode_json($text) } : ();
}

sub measure {
    my ($name, @more) = @_;
    my ($element) = $name =~ /^([A-Z][a-z]?)/;
    return json('import', @more,
        spectrum($name, $element, $er{$element}, $dhf{$name} // -300))->[0];
}

# The features that a prediction is of.
sub features {
    my ($p) = @_;
    return map { $_->{name} => $_->{value} } rows($p->{k_merge}
        ? "SELECT name, value FROM merge_feature WHERE merge = $p->{k_merge}"
        : "SELECT name, value FROM feature WHERE scan = $p->{k_scan}");
}

sub again {
    my ($p) = @_;
    my %x = features($p);
    my $fold = -1;
    if ($p->{reason} =~ /in training/) {
        my ($row) = rows('SELECT fold FROM model_sample WHERE model = '
            . "$p->{model} AND formula = '$p->{formula}'");
        $fold = $row->{fold};
    }
    my ($er) = rows("SELECT er_k FROM model_sample WHERE model = $p->{model} "
        . "AND formula LIKE '$p->{element}%'");
    my $sum = 0;
    for my $t (rows('SELECT t.*, f.name FROM model_term t LEFT JOIN '
            . 'model_feature f ON f.model = t.model AND f.position = '
            . "t.position WHERE t.model = $p->{model} AND t.fold = $fold")) {
        my $value = $t->{term} < 0 ? 1 : $x{ $t->{name} };
        if (!defined $value) {
            $value = $t->{fill} + (defined $t->{er} ? $er->{er_k} : 0);
        } elsif ($t->{term} >= 0) {
            $value = $t->{lo} if $value < $t->{lo};
            $value = $t->{hi} if $value > $t->{hi};
        }
        $sum += $t->{coefficient} * $value;
    }
    return $sum * ($p->{basis} eq 'metal atom' ? $p->{metals} : 1);
}

my %is;
measure($_) for sort(keys %dhf), sort keys %dhf;
is((run('-d', $db, 'reference', 'import', $halides))[0], 0, 'references');
for my $how (['--repeats', 'latest'], ['--repeats', 'merge'],
    ['--target', 'metal'], ['--target', 'metal', '--repeats', 'merge']) {
    json(qw(train --kind K --activate), @$how);
    measure($_) for 'FeCl2', 'CoBr2'; # in training
    measure('Fe2Cl5');                # not in it, and of two metal atoms
}
my @predictions = rows('SELECT p.*, m.basis, m.repeats, c.element, '
    . 'coalesce(c.formula, a.formula) AS formula FROM prediction p '
    . 'JOIN model m ON m.id = p.model JOIN scan c ON c.id = p.scan '
    . 'JOIN sample a ON a.id = p.sample WHERE p.hf IS NOT NULL');
for my $p (@predictions) {
    my $formula = $p->{formula};
    $p->{metals} = $formula =~ /2Cl5/ ? 2 : 1;
    my $got = again($p);
    my $kind = "$p->{repeats}, $p->{basis}" . ($p->{k_merge} ? ', merged' : '');
    ok(abs($got - $p->{hf}) < 1e-9, sprintf '%s, %s: %.3f', $formula, $kind,
        $got) or diag("stored $p->{hf}, by hand $got: $p->{reason}");
    $is{$kind}++;
}
is(scalar keys %is, 4, 'of every kind') or diag explain \%is;
done_testing();
