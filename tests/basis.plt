#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# References per metal atom and a model that learns them, from the table of
# enthalpies to a prediction; made spectra whose edge follows the enthalpy of
# a metal atom, which is that of a formula unit for none but one metal.
use strict;
use warnings;
use Test::More;
use lib '..';
use XasCli;

# Metal, its atoms in the formula unit, dHf of one of them.
my %oxide = (Fe2O3 => ['Fe', 2, -412.1], Fe3O4 => ['Fe', 3, -372.8],
    FeO => ['Fe', 1, -272], CuO => ['Cu', 1, -157.3],
    Cu2O => ['Cu', 2, -84.3], NiO => ['Ni', 1, -239.7],
    CoO => ['Co', 1, -237.9], Co3O4 => ['Co', 3, -297],
    FeCl2 => ['Fe', 1, -341.8], CoCl2 => ['Co', 1, -312.5]);
my @formulas = sort keys %oxide;
chdir $folder or die;

sub made {
    my ($name, $formula, $dhf) = @_;
    my ($element) = $formula =~ /^([A-Z][a-z]?)/;
    my $file = spectrum($name, $element, $er{$element}, $dhf);
    open my $in, '<:utf8', $file or die;
    my $text = do { local $/; <$in> };
    $text =~ s/^(# Sample.formula:).*/$1 $formula/m;
    $text =~ s/^(# Sample.name:).*/$1 $name/m;
    return spew("$name.xdi", $text);
}

# Without the formula.
sub unsaid {
    my ($name, @is) = @_;
    my $text = slurp(made($name, @is));
    $text =~ s/^# Sample.formula.*\n//m;
    return spew("$name.xdi", $text);
}

sub references {
    my ($except) = @_;
    return join '', "formula,dHf_kJ_per_mol,basis,source\n", map {
        my ($metal, $n, $dhf) = @{ $oxide{$_} };
        $_ eq $except ? "$_," . $n * $dhf . ",,made\n" : "$_,$dhf,metal,made\n";
    } @formulas;
}

sub testReferences {
    my $file = spew('reference.csv', references('FeCl2'));
    my ($status, $out, $err) = run('-d', $db, 'reference', 'import', $file);
    ok($status eq '0' && $err eq '', 'values per metal atom, and one of a '
        . 'formula unit by an empty cell') or diag($err);
    my %basis = map { $_->{formula} => $_->{basis} } @{ json('reference') };
    ok($basis{Fe2O3} eq 'metal' && $basis{FeCl2} eq 'formula', '  as given');
    is_deeply(json('reference', 'check'), [], 'none disagree');
    my $bad = sub {
        my ($words, $text) = @_;
        fails(1, $words, '-d', $db, 'reference', 'import', spew('bad.csv',
            "formula,dHf_kJ_per_mol,basis,hydration\n$text"));
    };
    $bad->(qr/bad\.csv:2: NaCl: .* no metal of Sc\.\.Zn/, "NaCl,-411,metal,\n");
    $bad->(qr/bad\.csv:2: FeO: basis "atom"/, "FeO,-272,atom,\n");
    $bad->(qr/bad\.csv:3: FeBr2 is -900 kJ\/mol, line 2 says -249.8.*hydrate/,
        "FeBr2,-249.8,,\nFeBr2,-900,,0\n");
    $bad->(qr/FeCl2.4H2O has 4 H2O, its hydration is given as 2/,
        "FeCl2.4H2O,-1549.3,,2\n");
    $bad->(qr/bad\.csv:3: CuCl is -150 kJ\/mol, line 2 says -274 of Cu2Cl2/,
        "Cu2Cl2,-274,,\nCuCl,-150,,\n");
    $bad->(qr/FeCl2: -341800 kJ\/mol is more than .* is it in J\/mol\?/,
        "FeCl2,-341800,,\n");
    $bad->(qr/FeO: 1e\+300 kJ\/mol is more than/, "FeO,1e300,metal,\n");
    my $same = spew('same.csv', "formula,dHf_kJ_per_mol,basis\n"
        . "Cu2Cl2,-274.4,\nCuCl,-137.2,\nFe3O4,-372,metal\nFe6O8,-372,metal\n");
    local $db = "$folder/same.db";
    ($status, $out, $err) = run('-d', $db, 'reference', 'import', $same);
    is("$status $err", '0 ', 'one value of two formula units is no conflict');
}

# In a database of its own: two values for one compound.
sub testConflict {
    local $db = "$folder/conflict.db";
    my $file = spew('two.csv', "formula,dHf_kJ_per_mol,basis\n"
        . "Fe2O3,-412.1,metal\nFe2O3,-824.9,formula\nCuO,-157.3,metal\n"
        . "NiO,-239.7,\nNiO,-250,metal\nFeCl2,-341.8,\nFeCl2.4H2O,-1549.3,\n");
    my $says = qr/NiO \(cr\): -239.7 kJ\/mol per formula unit, but -250 per /
        . qr/metal atom are -250: 10.3 apart; the first is used$/m;
    my ($status, $out, $err) = run('-d', $db, 'reference', 'import', $file);
    ok($status eq '0' && $err =~ /^xasctl: warning: $says/ && $err !~ /Fe2O3/,
        'a conflict is said; 0.7 kJ/mol is none') or diag($err);
    ($status, $out, $err) = run('-d', $db, 'reference');
    ok($status eq '0' && $err =~ $says && $out =~ /^NiO .*\n/m, '  and again');
    ($status, $out, $err) = run('-d', $db, 'reference', 'check');
    ok($status eq '1' && $out =~ /^$says/ && $err =~ /1 compound with two/,
        '  and check fails');
    my %water = map { $_->{formula} => $_->{hydration} } @{ json('reference') };
    ok($water{FeCl2} == 0 && $water{'FeCl2.4H2O'} == 4,
        'a hydrate has the water of its formula');
}

sub slurp {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!";
    local $/;
    return scalar <$in>;
}

sub testTrain {
    is(scalar @{ json('import', map { made("the $_", $_, $oxide{$_}[2]) }
        @formulas) }, scalar @formulas, 'spectra');
    my @train = qw(train --kind K --permutations 19);
    my $formula = json(@train, '--dry-run', '--svg', 'far.svg');
    my $metal = json(@train, qw(--target metal --activate --variants),
        '--svg', 'yy.svg');
    is($metal->{options}{basis}, 'metal atom', 'learned per metal atom');
    is($metal->{options}{target}, 'metal', '  by --target');
    is($metal->{converted}{'the Fe2O3'}, '-412.1 per metal atom x 2',
        'how a target came of the value per metal atom');
    ok(!exists $metal->{converted}{'the FeCl2'}, '  and only of such');
    near([map { $_->{dHf_kJ_per_mol} } @{ $metal->{samples} }],
        [map { $oxide{$_}[1] * $oxide{$_}[2] } @formulas], 1e-9,
        'targets of formula units');
    near([map { $_->{dHf_kJ_per_mol} } @{ $formula->{samples} }],
        [map { $oxide{$_}[1] * $oxide{$_}[2] } @formulas], 1e-9,
        '  whatever is learned');
    ok($metal->{nested}{mae} < 0.1 * $formula->{nested}{mae},
        "MAE $metal->{nested}{mae}, per formula unit $formula->{nested}{mae}");
    my %way = map { ("$_->{method} $_->{target}" => $_->{nested}{mae}) }
        grep { !$_->{composition} } @{ $metal->{variants} };
    is(scalar keys %way, 9, 'three methods for each of three targets');
    near([@way{'lasso metal', 'lasso formula'}], [$metal->{nested}{mae},
        $formula->{nested}{mae}], 1e-9, 'both among the variants');
    my $svg = slurp('far.svg');
    my @named = grep { $svg =~ m{>\Q$_\E</text>} } @formulas;
    ok((grep { $_ eq 'FeCl2' } @named),
        "far off, as chemists write them: @named");
    $svg = slurp('yy.svg');
    ok($svg =~ /learned per metal atom; all values are per formula unit/
        && $svg =~ m{kJ/mol of metal atoms per sd}, 'the figure says so');
    my ($status, $out) = run('-d', $db, 'model', 'show', $metal->{name});
    ok($out =~ /^method lasso, learned per metal atom; all figures per formula/m
        && $out =~ m{kJ/mol of metal atoms\n  per standard deviation},
        'the report, too');
    is(json('model')->[0]{basis}, 'metal atom', 'and the list of models');
    return $metal;
}

sub testPredict {
    my ($model) = @_;
    my ($known) = @{ json('predict', 'the Fe2O3') };
    my ($sample) = grep { $_->{id} eq 'the Fe2O3' } @{ $model->{samples} };
    near([$known->{hf_kJ_per_mol}], [$sample->{nested}], 1e-6,
        'a training sample as it was left out');
    is($known->{basis}, 'kJ/mol, formula unit; by metal atom', 'its basis');
    my ($status, $out) = run('-d', $db, 'predict', 'the Fe2O3');
    like($out, qr/formula unit; by metal atom$/m, '  in words');
    my ($again) = @{ json('import', unsaid('the Fe2O3', 'Fe2O3', -420)) };
    is($again->{formula}, 'Fe2O3',
        'one more scan of it, without its formula: that of the sample');
    like($again->{reason}, qr/in training/, '  which is in training');
    # one spectrum, two formulas: a value for each of the metal atoms
    my ($one) = @{ json('import', made('new one', 'NiCl2', -305.3)) };
    my ($two) = @{ json('import', made('new two', 'Ni2O3', -305.3)) };
    ok(abs($one->{hf_kJ_per_mol} + 305.3) < 20
        && abs($two->{hf_kJ_per_mol} + 610.6) < 40,
        "one Ni $one->{hf_kJ_per_mol}, two $two->{hf_kJ_per_mol}");
    near([($two->{hi} - $two->{lo}) / ($one->{hi} - $one->{lo})], [2], 0.2,
        'and an interval twice as wide');
    my ($none) = @{ json('import', made('no formula', 'Ni', -305.3)) };
    ok(defined $none->{hf_kJ_per_mol}, 'a metal is a formula');
    ($none) = @{ json('import', unsaid('unknown', 'Ni', -320)) };
    ok(!defined $none->{hf_kJ_per_mol} && $none->{state} eq 'not computed'
        && !defined $none->{basis}, 'without a formula there is no value');
    is($none->{reason}, 'the model is per metal atom: it needs a formula with '
        . 'a 3d metal', '  and it says why');
}

# As data, the model learns by the same.
sub testMoved {
    my ($model) = @_;
    my ($status, $text) = run('-d', $db, 'model', 'export', $model->{name});
    local $db = "$folder/other.db";
    ($status) = run('-d', $db, 'model', 'import', spew('model.json', $text));
    is($status, 0, 'exported and imported');
    my $again = json('model', 'show', $model->{name});
    is($again->{options}{basis}, 'metal atom', '  it learned by the same');
    ($status) = run('-d', $db, 'model', 'activate', $model->{name});
    my ($one) = @{ json('import', "$folder/the Fe3O4.xdi") };
    my ($sample) = grep { $_->{id} eq 'the Fe3O4' } @{ $model->{samples} };
    near([$one->{hf_kJ_per_mol}], [$sample->{nested}], 1e-6,
        '  and predicts the same');
}

# A table: the compound's formula gives the metal atoms.
sub testMatrix {
    my @rows = map { my ($metal, $n, $dhf) = @{ $oxide{$_} };
        [$_, $metal, $n * $dhf, 10 - $dhf / 50 + 0.01 * $n, $n % 2] } @formulas;
    my $table = sub {
        return spew('table.csv', join '',
            "id,compound,element,dHf_kJ_per_mol,wl_dr,h\n",
            map { join(',', "s$_->[0]", @$_) . "\n" } @_);
    };
    my @quick = ('train', '--permutations', 0, '--matrix', $table->(@rows));
    # the target of a metal atom is a straight line of wl_dr but for 0.5 kJ/mol
    # for each of them; a line may go on beyond the others
    my $metal = json(@quick, '--target', 'metal', '--clip', 'none');
    ok($metal->{nested}{mae} < 2, "table: MAE $metal->{nested}{mae}");
    ok(json(@quick)->{nested}{mae} > 100, '  which formula units do not show');
    push @rows, ['PbO', 'Co', -219, 12, 1];
    my $got = json(@quick[0 .. 3], $table->(@rows), '--target', 'metal');
    is($got->{n}, scalar @formulas, 'a formula without 3d metal is left out');
    ok((grep { /left out .* per metal atom: sPbO \(1 of 11 samples\)/ }
        @{ $got->{warnings} }), '  and named') or diag(@{ $got->{warnings} });
    my %n = map { ("$_->{method} $_->{target}" => $_->{n}) }
        @{ json(@quick[0 .. 3], $table->(@rows), '--variants')->{variants} };
    is_deeply([@n{'lasso formula', 'lasso metal'}], [11, 10],
        '  and each way says of how many samples it is');
    my ($status, $out) = run(@quick[0 .. 3], $table->(@rows), '--variants');
    ok($out =~ /^  lasso, per metal atom .* 10$/m && $out =~ /^  N differs/m,
        '  in the report, too') or diag($out);
    fails(1, qr/4 of 5 samples have a formula with a 3d metal: a model per /
        . qr/metal atom needs 5/, @quick[0 .. 3], $table->(@rows[-5 .. -1]),
        '--target', 'metal');
    fails(2, qr/--composition with --target metal/, @quick, '--target',
        'metal', '--composition');
}

testReferences();
testConflict();
my $model = testTrain();
testPredict($model);
testMoved($model);
testMatrix();
done_testing();
