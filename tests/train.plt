#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# xasctl train --matrix: what puts a model in its place, other ways to train,
# the figure, and data that are no use or too good to be true.
use strict;
use warnings;
use Cwd 'abs_path';
use File::Temp 'tempdir';
use JSON::PP;
use lib '..';
use Test::More;
use XasTree qw(top);

my ($xasctl) = grep { -x } glob top() . '/build/bin/*/xasctl';
$xasctl = abs_path($xasctl // die "xasctl is not built\n");
my $data = ($ENV{XASD_SHARED} // abs_path(top()) . '/../shared') . '/data';
my $folder = tempdir(CLEANUP => 1);
my $halides = abs_path(top()) . '/etc/halides.csv';
delete $ENV{XASD_DATABASE};
chdir $folder or die;

# run(ARGS): (exit status, stdout, stderr), without a shell between.
sub run {
    my @args = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDOUT, '>', 'out' or die;
        open STDERR, '>', 'err' or die;
        exec $xasctl, 'train', @args or die;
    }
    waitpid $pid, 0;
    my $status = $? & 127 ? "signal $?" : $? >> 8;
    return $status, map { slurp($_) } qw(out err);
}

sub slurp {
    open my $in, '<', $_[0] or die "$_[0]: $!";
    local $/;
    return scalar <$in>;
}

sub spew {
    my ($name, $text) = @_;
    open my $out, '>', $name or die;
    print $out $text;
    close $out or die;
    return $name;
}

sub json {
    my @args = @_;
    my ($status, $out, $err) = run(@args, '--json');
    my $value = eval { decode_json($out) };
    ok($status eq '0' && defined $value, "xasctl train @args")
        or diag($err, $@);
    return $value;
}

# Another sub-command with --json, in the database $db.
sub other {
    my ($db, @args) = @_;
    open my $in, '-|', $xasctl, '-d', $db, '--json', @args or die;
    local $/;
    return decode_json(<$in>);
}

sub fails {
    my ($expected, $words, @args) = @_;
    my ($status, $out, $err) = run(@args);
    ok($status eq $expected && $err =~ $words, "exit $expected: " . $err =~
        s/\n.*//sr) or diag("$status: $out$err");
}

# ---- a table of halides: the first column knows the target ----

my @metals = qw(Mn Fe Co Ni Cu);
my %ligand = (F => -650, Cl => -330, Br => -240, I => -110);
my $head = "id,compound,element,dHf_kJ_per_mol,wl_dr,wl_ri,edge_e\n";
my $seed = 1;
sub noise { return ($seed = ($seed * 1103515245 + 12345) % 2**31) / 2**30 - 1 }

sub rows {
    my @rows;
    for my $m (0 .. $#metals) {
        for my $x (sort keys %ligand) {
            my $dhf = $ligand{$x} + 20 * $m + 5 * noise();
            push @rows, ["s$metals[$m]$x", "$metals[$m]${x}2", $metals[$m],
                $dhf, 12 - $dhf / 100 + 0.1 * noise(), 1.5 + noise() / 10,
                7000 + noise()];
        }
    }
    return @rows;
}

sub table { return $head . join '', map { join(',', @$_) . "\n" } @_ }

sub testReport {
    my $file = spew('halides.csv', table(rows()));
    my $got = json('--matrix', $file, '--permutations', 99);
    for my $key (qw(usable kept alpha_max lasso selected nested select_once
        baseline permutation_p permutation figures leave_one_element_out
        leave_one_ligand_out source warnings ranking helps_most)) {
        ok(exists $got->{$key}, "has $key");
    }
    is($got->{permutation_p}, 0.01, 'p of 99 shuffles');
    is($got->{permutation}{targets}{at_least_as_good}, 0, 'none as good');
    my $n = 20;
    my $expected = -(2 * $n - 1) / ($n - 1)**2;
    ok(abs($got->{baseline}{r2} - $expected) < 1e-12,
        "the mean's R2 is $expected");
    is(join(' ', sort grep { ref $got->{figures}{$_} eq 'HASH' }
        keys %{ $got->{figures} }), 'both composition mean spectrum',
        'the four figures');
    is(scalar @{ $got->{figures}{both}{pred} }, $n, 'each with its values');
    my ($less) = grep { $_->{of} eq 'both' && $_->{less} eq 'composition' }
        @{ $got->{figures}{differences} };
    ok(abs($less->{mae_difference} - $got->{figures}{both}{mae} +
        $got->{figures}{composition}{mae}) < 1e-9 && $less->{se} > 0,
        'their difference, with its standard error');
    is($got->{leave_one_element_out}{groups}, 5, 'five elements');
    is($got->{leave_one_ligand_out}{groups}, 4, 'four classes of ligand');
    is_deeply($got->{warnings}, [], 'no warning');
    my $again = json('--matrix', $file, '--permutations', 99);
    is_deeply($again, $got, 'the same again');
    ok(!defined json('--matrix', $file, '--permutations', 0)->{permutation_p},
        'no shuffles, no p');

    my ($status, $out) = run('--matrix', $file, '--permutations', 19,
        '--variants', '--svg', 'yy.svg');
    like($out, qr/$_/, "says: $_") for 'composition only',
        'both less composition', 'does the model know anything\? +p = 0.05',
        'Leave one element out', 'pls, per mole of atoms, composition first',
        '12 ways were tried', 'source\'s own figures', 'would help most';
    my $svg = slurp('yy.svg');
    is(scalar(() = $svg =~ /<path class="guide"/g), 4,
        'two panels with a band each');
    ok($svg =~ /nested: R2/ && $svg =~ />wl_dr</ && $svg =~ m{</svg>\s*$},
        'scores and ranking in the figure');
    is($status, 0, 'no failure');
    fails(1, qr/no\/yy.svg/, '--matrix', $file, '--svg', 'no/yy.svg');
}

sub testWays {
    my $file = spew('halides.csv', table(rows()));
    my @quick = ('--matrix', $file, '--permutations', 0);
    my $variants = json(@quick, '--variants')->{variants};
    for my $v (@$variants) {
        my @args = ('--method', $v->{method}, '--target', $v->{target},
            $v->{composition} ? '--composition' : ());
        my $got = json(@quick, @args);
        ok(abs($got->{nested}{mae} - $v->{nested}{mae}) < 1e-9,
            "  MAE $v->{nested}{mae} as among the variants");
        is($got->{options}{method}, $v->{method}, '  method');
    }
    my $both = json(@quick, '--composition');
    ok(abs($both->{nested}{mae} - $both->{figures}{both}{mae}) < 1e-9,
        '--composition is the figure "both"');
    is(json(@quick, '--folds', 5)->{folds}, 5, 'five folds');
    ok(!defined json(@quick, '--method', 'pls')->{select_once}{mae},
        'nothing is selected once where nothing is selected');
    fails(2, qr/expected lasso, ridge or pls/, @quick, '--method', 'svm');
    fails(2, qr/expected formula, metal or atoms/, @quick, '--target', 'moles');
    fails(2, qr/expected a number from 3/, @quick, '--folds', 2);
    fails(2, qr/expected a number from 0/, @quick, '--permutations', '-1');
    fails(2, qr/one compound at a time/, '--folds', 5);
}

sub warned {
    my ($words, $rows, @args) = @_;
    my $got = json('--matrix', spew('bad.csv', table(@$rows)),
        '--permutations', 0, @args);
    ok((grep { $_ =~ $words } @{ $got->{warnings} }), "  warns: $words")
        or diag(@{ $got->{warnings} });
    return $got;
}

sub testBad {
    my @matrix = ('--matrix', 'bad.csv');
    my @rows = rows();
    spew('bad.csv', table(@rows[0 .. 3]));
    fails(1, qr/4 samples: a model needs 5 or more/, @matrix);
    spew('bad.csv', table(map { [@$_[0 .. 2], -300, @$_[4 .. 6]] } @rows));
    fails(1, qr/all 20 targets are -300 kJ\/mol: there is nothing to learn/,
        @matrix);
    for my $nan ('nan', '') {
        @rows = rows();
        $rows[6][3] = $nan;
        spew('bad.csv', table(@rows));
        fails(1, qr/sample $rows[6][0]: its enthalpy is not a number/, @matrix);
    }
    @rows = rows();
    $rows[6][0] = $rows[2][0];
    spew('bad.csv', table(@rows));
    fails(1, qr/rows 3 and 7: sample $rows[2][0] twice/, @matrix);

    @rows = map { [@$_[0 .. 4], 1.5, 7000] } rows();
    my $got = warned(qr/constant columns, not used: wl_ri edge_e/, \@rows);
    is("@{$got->{usable}}", 'wl_dr', '  and goes on without them');
    my $long = table(@rows) =~ s/wl_ri/'w' x 250/er;
    $got = json('--matrix', spew('bad.csv', $long), '--permutations', 0);
    ok((grep { /^constant columns, not used: \.\.\.$/ } @{ $got->{warnings} }),
        '  and a name longer than the line') or diag(@{ $got->{warnings} });
    # mostly missing is not constant
    @rows = rows();
    $_->[5] = '' for @rows[0 .. 10];
    $got = warned(qr/missing in more than 50 % .*not used: wl_ri$/, \@rows);
    ok(!(grep { /constant/ } @{ $got->{warnings} }), '  nothing is constant');
    @rows = map { [@$_[0 .. 3], (7) x 3] } rows();
    spew('bad.csv', table(@rows));
    fails(1, qr/no usable column/, @matrix);
    @rows = map { [@$_[0 .. 4], 2 * $_->[4], -$_->[4]] } rows();
    $got = warned(qr/all 3 usable columns are correlated.*wl_dr/, \@rows);
    is("@{$got->{kept}}", 'wl_dr', '  and keeps one');

    # one spectrum under two names: found, named, and no help to itself
    @rows = rows();
    push @rows, ['copy', 'ZnCl2', 'Zn', -415, @{ $rows[5] }[4 .. 6]];
    $got = warned(qr/$rows[5][0] and copy have the same features/, \@rows);
    is($got->{folds}, 20, '  left out together');
    @rows = rows();
    push @rows, ['wet', 'FeCl2.4H2O', 'Fe', -1549.3, 15, 1.4, 7001];
    $got = warned(qr/FeCl2\) and wet \(FeCl2.4H2O\) differ in water/, \@rows);
    is($got->{compounds}, 20, '  are one compound');
    $rows[-1][0] = 'FeCl2.4H2O';
    $rows[-1][1] = 'FeCl2';
    $rows[-1][3] = $rows[5][3];
    warned(qr/FeCl2.4H2O is given as FeCl2: a hydrate/, \@rows);
    $rows[-1][0] = 'wet';
    $rows[-1][3] = -1549.3;
    warned(qr/sFeCl and wet are both FeCl2.*12\d\d kJ.*hydrate\?/, \@rows);
}

# Names that are no formulas: everything but the comparison.
sub testUnknown {
    my @rows = map { my @r = @$_; $r[1] = "sample $r[0]"; \@r } rows();
    my $file = spew('names.csv', table(@rows));
    my $got = json('--matrix', $file, '--permutations', 19);
    ok(!defined $got->{figures} && $got->{figures_why} =~ /formula/
        && $got->{permutation_p} == 0.05 && !defined
        $got->{permutation}{spectra} && !defined $got->{leave_one_ligand_out},
        'names without formulas: no comparison, and why');
    fails(1, qr/formula that can be counted/, '--matrix', $file, '--target',
        'atoms');
    # the formula may stand in a column of its own
    my $text = table(@rows) =~ s/^id,/formula,id,/r;
    $text =~ s/^(?=s(\w\w)(\w+),)/${1}${2}2,/mg;
    $got = json('--matrix', spew('named.csv', $text), '--permutations', 0);
    is($got->{figures}{n}, 20, 'formulas in a column of their own');
    ok(!(grep { $_ eq 'formula' } @{ $got->{usable} }), '  are no feature');
    $text =~ s/^NiCl2(?=,)/CuCl2/m;
    $got = json('--matrix', spew('named.csv', $text), '--permutations', 0);
    ok((grep { /sNiCl was scanned for Ni, its formula CuCl2 has none/ }
        @{ $got->{warnings} }), 'a formula of something else is named');
}

# The measured compounds: modest, and said so.
sub testMeasured {
    SKIP: {
        skip "no golden matrices in $data", 1
            if !-r "$data/golden/measured_K.csv";
        my $got = json('--matrix', "$data/golden/measured_K.csv");
        my %percent = (mean => 14.87, composition => 4.80, spectrum => 10.70,
            both => 5.28);
        for my $f (sort keys %percent) {
            ok(abs($got->{figures}{$f}{pct_fs} - $percent{$f}) < 0.005,
                "$f: $got->{figures}{$f}{pct_fs} %FS");
        }
        is($got->{permutation_p}, 1 / 1001, 'p of 1000 shuffles');
        ok($got->{permutation}{spectra}{p} > 0.05,
            "the spectra add nothing proven: p $got->{permutation}{spectra}{p}");
        is($got->{helps_most}, 'V2O5.xdi', 'the lonely one would help most');
        ok($got->{leave_one_element_out}{model}{mae} > $got->{nested}{mae},
            'an unknown element is harder');
    }
}

# Whatever way a stored model was trained: a sample in it is predicted as it
# was when left out, from its scan on.
sub testStored {
    SKIP: {
        my @files = glob "$data/synthetic/*_K.xdi";
        skip "no synthetic spectra in $data", 1 if @files != 15;
        my $db = "$folder/ways.db";
        other($db, 'import', @files);
        other($db, 'reference', 'import', $halides);
        for my $way ([], ['--method', 'pls'], ['--target', 'atoms'],
            ['--composition', '--method', 'ridge']) {
            my $got = json('-d', $db, '--kind', 'K', '--activate',
                '--permutations', 0, @$way);
            my %nested = map { $_->{id} => $_->{nested} } @{ $got->{samples} };
            my ($worst, $n) = (0, 0);
            for my $scan (1 .. 15) {
                my $p = other($db, 'predict', $scan)->[0];
                my $d = abs($p->{hf_kJ_per_mol} - $nested{ $p->{sample} });
                $worst = $d if !($d <= $worst);
                $n += defined $p->{hf_comp} && defined $p->{delta_limit}
                    && $p->{because} =~ / [+-]\d/ && $p->{nearest} =~ /SYNTH/;
            }
            ok($worst < 1e-9, "  predicted as left out, within $worst kJ/mol");
            is($n, 15, '  with what speaks for and against it');
            my $show = other($db, 'model', 'show', $got->{name});
            is_deeply($show->{options}, $got->{options}, '  options stored');
        }
    }
}

# K and L compare on what both know.
sub testCommon {
    SKIP: {
        my @files = glob "$data/synthetic/*.xdi";
        skip "no synthetic spectra in $data", 1 if @files != 30;
        my $db = "$folder/common.db";
        other($db, 'import', grep { !/(CuF2|FeF3)_L/ } @files);
        other($db, 'reference', 'import', $halides);
        my @args = ('-d', $db, '--dry-run', '--permutations', 0);
        my $got = json(@args);
        is(join(' ', map { $_->{n} } @$got), '15 13 13', 'two lack an L edge');
        is(join(' ', map { $_->{common_n} } @$got), '13 13 13',
            '  and are left out of the comparison');
        ok($got->[0]{common}{mae} != $got->[0]{nested}{mae} &&
            $got->[2]{common}{mae} == $got->[2]{nested}{mae},
            '  K is trained again, K+L is as it was');
        my ($status, $out) = run(@args);
        like($out, qr/K    on the 13 samples common to all: nested R2/,
            '  in words');
    }
}

testReport();
testCommon();
testWays();
testStored();
testBad();
testUnknown();
testMeasured();
done_testing();
