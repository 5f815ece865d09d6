#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# xasctl itself, on a database of its own: what it prints, what it refuses,
# its exit status; and training against the golden matrices through it.
use strict;
use warnings;
use utf8;
use Cwd 'abs_path';
use Encode qw(decode);
use JSON::PP;
use lib '..';
use Test::More;
use XasCli;
use XasTree qw(top);

my $top = abs_path(top());
my $data = ($ENV{XASD_SHARED} // "$top/../shared") . '/data';
chdir $folder or die;
binmode Test::More->builder->$_, ':utf8'
    for qw(output failure_output todo_output);

sub testUse {
    fails(2, qr/Usage: xasctl/);
    fails(2, qr/no command "fly"/, 'fly');
    fails(2, qr/unrecognized option/, '--fly');
    fails(2, qr/unrecognized option/, 'scans', '--fly');
    fails(2, qr/Too many|too many/i, 'scans', 'x');
    fails(2, qr/which scan/, 'show');
    fails(2, qr/expected the number/, 'show', 'x');
    fails(2, qr/expected K, L, K\+L or all/, qw(train --kind M));
    fails(2, qr/expected a number/, qw(train --clip much));
    fails(2, qr/expected list, show NAME, activate NAME/, qw(model show));
    fails(2, qr/expected 0.5 to 0.99/, qw(predict --level 2 1));
    fails(2, qr/no such element/, qw(features --element Qq x));
    my ($status, $out) = run('--help');
    is($status, 0, '--help');
    my @commands = $out =~ /^  (\w+)\s+\w.*$/mg;
    is("@commands", 'scans show calibrations samples reference train model predict '
        . 'features merge plot import export replay stats check backup upgrade', 'lists the commands');
    for my $command (@commands) {
        my ($status, $out) = run($command, '--help');
        ok($status eq '0' && $out =~ /^Usage: xasctl $command/,
            "$command --help");
    }
    ($status, $out) = run('--version');
    ok($status eq '0' && $out =~ /^xasctl \d/, '--version');
}

# The manual knows each command and each long option.
sub testManual {
    open my $in, '<', "$top/xasd/man/xasctl.1" or die;
    my $page = do { local $/; <$in> };
    for my $command ((run('--help'))[1] =~ /^  (\w+)\s+\w.*$/mg) {
        my @options = (run($command, '--help'))[1] =~ /--([a-z][a-z0-9-]+)/g;
        my @missing = grep { $page !~ /^\.(It|Oo|Op|.* Oo|.*) ?Fl.* ?-\Q$_\E\b/m
            && !/^(help|usage|version|database)$/ } @options;
        ok($page =~ /^\.It Ic $command\b/m, "xasctl.1 knows $command");
        is("@missing", '', "and its options");
    }
}

sub testNoDatabase {
    fails(1, qr/xasd\.db: no such database/, 'scans');
    fails(1, qr/\Q$db\E: no such database/, '-d', $db, 'check');
    local $ENV{XASD_DATABASE} = "$folder/env.db";
    fails(1, qr/env\.db: no such database/, 'stats');
    fails(1, qr/no\/such\/x\.db/, qw(-d no/such/x.db reference import),
        "$top/etc/halides.csv");
    fails(1, qr/not a database of xasd/, '-d', spew('text.db', 'x' x 4096),
        'scans');
}

sub goldenWay {
    my ($name, $golden, $clip, $nested, $once) = @_;
    my $got = json('train', '--matrix', "$data/golden/$name.csv", '--clip',
        $clip);
    my $loo = $golden->{loo};
    for my $set (qw(usable kept selected)) {
        is("@{$got->{$set}}", "@{$golden->{$set}}", "$name: $set");
    }
    for my $number (qw(alpha_max alpha)) {
        near([$got->{$number}], [$golden->{$number}],
            1e-6 * $golden->{$number}, "$name: $number");
    }
    my @kept = @{ $golden->{kept} };
    near([@{ $got->{lasso} }{@kept}], [@{ $golden->{lasso} }{@kept}], 1e-4,
        "$name: weights");
    near($got->{nested}{pred}, $loo->{$nested}{pred}, 1e-6, $nested);
    near($got->{select_once}{pred}, $loo->{$once}{pred}, 1e-6, $once);
    for (['nested', $loo->{$nested}], ['select_once', $loo->{$once}],
        ['baseline', $golden->{mean_baseline}]) {
        my ($key, $want) = @$_;
        near([@{ $got->{$key} }{qw(r2 mae rmse pct_fs)}],
            [@$want{qw(R2 MAE RMSE pctFS)}], 1e-6, "$name: $key");
    }
}

sub testGolden {
    my ($name) = @_;
    SKIP: {
        skip "no golden matrices in $data", 1 if !-r "$data/golden/$name.json";
        open my $in, '<', "$data/golden/$name.json" or die;
        my $golden = decode_json(do { local $/; <$in> });
        goldenWay($name, $golden, '0.5', 'nested_clip0.5',
            'select_once_clip0.5');
        goldenWay($name, $golden, 'none', 'nested_noclip',
            'select_once_noclip');
        my ($status, $out) = run('train', '--matrix', "$data/golden/$name.csv");
        like($out, qr/nested: the figure to quote +-?\d/, 'headline');
        like($out, qr/select-once, as in the source: optimistic +-?\d/,
            'select-once is named so');
        like($out, qr/mean baseline +-?\d/, 'the baseline beside it');
    }
}

sub testMatrix {
    my $head = "id,compound,element,dHf_kJ_per_mol,wl_de,edge_e\n";
    my $rows = join '', map {
        sprintf "s%d,C%d,%s,%d,%.3f,%s\n", $_, $_, $_ % 2 ? 'Fe' : 'Co',
            -50 * $_, sin($_), $_ == 3 ? 'nan' : ($_ % 2 ? 7115 : 7712) + $_
    } 1 .. 8;
    my $file = spew('m.csv', $head . $rows);
    my $got = json('train', '--matrix', $file);
    is($got->{n}, 8, 'E_r by the element, missing as nan');
    ok(abs($got->{fill}{edge_e} - 54 / 7) < 1e-9, 'fill is relative to E_r')
        or diag($got->{fill}{edge_e});
    fails(1, qr/m\.csv:3: wl_de "much" is no number/, 'train', '--matrix',
        spew('m.csv', $head . $rows =~ s/^(s2,.*?,.*?,.*?,)[^,]+/$1much/mr));
    fails(1, qr/no column compound/, 'train', '--matrix',
        spew('m.csv', "id,dHf_kJ_per_mol,a\n"));
    fails(1, qr/no element "Zz"/, 'train', '--matrix',
        spew('m.csv', $head . $rows =~ s/,Fe,/,Zz,/r));
    fails(1, qr/5 or more/, 'train', '--matrix', spew('m.csv', $head));
    fails(1, qr/No such file/, 'train', '--matrix', 'absent.csv');
    fails(2, qr/not stored/, 'train', '--matrix', 'm.csv', '--activate');
}

sub testReferences {
    my ($status, $out) = run('-d', $db, 'reference', 'import',
        "$top/etc/halides.csv");
    ok($status eq '0' && $out =~ /^16 reference values/, 'import references');
    run('-d', $db, 'reference', 'import', "$top/etc/halides.csv");
    my $list = json('reference');
    my ($chloride) = grep { $_->{formula} eq 'FeCl2' } @$list;
    ok(abs($chloride->{g_per_mol} - 126.75) < 0.03 && $chloride->{metals} == 1,
        'with molar mass and metal atoms');
    is(scalar @$list, 16, 'again, and there are still 16');
    my ($fecl3) = grep { $_->{formula} eq 'FeCl3' } @$list;
    is($fecl3->{dHf_kJ_per_mol}, -399.5, 'FeCl3');
    ok(!(grep { $_->{source} !~ /NBS/ } @$list), 'each names its source');
    fails(1, qr/:3: "Xy2" is no formula/, '-d', $db, 'reference', 'import',
        spew('r.csv', "formula,dHf_kJ_per_mol,source\nMnO,-385.2,a\nXy2,1,a\n"));
    is(scalar @{ json('reference', 'list') }, 16, 'none of a faulty file');
    fails(1, qr/:2: MnO: no enthalpy/, '-d', $db, 'reference', 'import',
        spew('r.csv', "formula,dHf_kJ_per_mol\nMnO,\n"));
    fails(1, qr/no column dHf/, '-d', $db, 'reference', 'import',
        spew('r.csv', "formula\nMnO\n"));
}

sub testImport {
    my @files = map {
        my ($element) = /^([A-Z][a-z]?)/;
        spectrum($_, $element, $er{$element}, $dhf{$_});
    } sort keys %dhf;
    my $got = json('import', @files);
    is(scalar @$got, 8, 'eight imported');
    is($got->[0]{state}, 'no model', 'no model yet');
    my ($status, $out, $err) = run('-d', $db, 'import', @files[0, 1],
        'absent.xdi', $files[2]);
    ok($status eq '1' && $err =~ /absent\.xdi/, 'one of them cannot be read');
    my $again = () = $err =~ /stored already, as scan/g;
    is($again, 3, 'the others are known already');
    fails(2, qr/--formula Fe2XX: no formula \(byte 4\)/, '-d', $db, 'import',
        '--formula', 'Fe2XX', $files[0]);
    my $odd = qq{ü "q"\t\\ \x{2116}};
    spectrum('NiBr2', 'Ni', 8333, -212.1);
    $got = json('import', "$folder/NiBr2.xdi", '--sample', $odd, '--station',
        'BL"5"');
    is($got->[0]{sample}, $odd, 'a sample of a strange name');
    my $scans = json('scans', '--sample', $odd);
    ok(@$scans == 1 && $scans->[0]{sample} eq $odd &&
        $scans->[0]{station} eq 'BL"5"', 'and found by it');
    is(scalar @{ json('scans', '--last', 3) }, 3, 'the last three');
    is(scalar @{ json('scans', '--all', '--edge', 'K') }, 9, 'all');
    is(scalar @{ json('scans', '--edge', 'L') }, 0, 'none at L');
    my $show = json('show', 1);
    is($show->{scan}{comment}, 'SYNTHETIC, says the file', 'synthetic is kept');
    is(join(' ', map { $_->{name} } @{ $show->{channels} }),
        'energy i0 i1 stamp_ns flags', 'its channels');
    ok((grep { $_->{name} eq 'edge_e' && $_->{error} > 0 }
        @{ $show->{features} }), 'features with errors');
    # CoBr2, E_r 7709: [E_r-150, E_r-20], and from E_r+40 behind the edge
    my $fit = $show->{spectrum};
    ok($fit->{before_degree} == 1 && $fit->{before_from_eV} >= 7559
        && $fit->{before_to_eV} <= 7689 && $fit->{behind_from_eV} >= 7749,
        "fitted to $fit->{before_from_eV}..$fit->{before_to_eV} and from "
        . "$fit->{behind_from_eV} eV");
    my ($tsv) = (run('-d', $db, '--tsv', 'scans', '--all'))[1];
    my @lines = map { [split /\t/, $_, -1] } split /\n/, $tsv;
    ok(@lines == 10 && !(grep { @$_ != @{ $lines[0] } } @lines), 'TSV');
    like(decode('UTF-8', $tsv), qr/\tü "q"\\t\\\\ \x{2116}\t/, 'escaped');
}

# One compound with a foil behind it, on an axis that is off or not.
sub withFoil {
    my ($name, $off) = @_;
    my $text = "# XDI/1.0 cli.plt\n# Element.symbol: Fe\n# Element.edge: K\n"
        . "# Column.1: energy eV\n# Column.2: i0\n# Column.3: itrans\n"
        . "# Column.4: irefer\n# Sample.formula: FeO\n# Sample.name: $name\n"
        . "# ---\n# energy i0 itrans irefer\n";
    for (my $e = 6960; $e < 7500; $e += abs($e - 7120) < 40 ? 0.4 : 4) {
        my $rise = sub { 0.5 + atan2($e - $_[0], $_[1]) / 3.14159265 };
        my $i1 = 1e6 * exp(-0.5 - $rise->(7120, 1.5)
            - 0.6 * exp(-(($e - 7124) / 2.5)**2));
        my $i2 = $i1 * exp(-0.4 - 0.5 * $rise->(7112, 1.5)
            - 0.6 * $rise->(7122, 2));
        $text .= sprintf "%.3f %d %.6f %.6f\n", $e - $off, 1e6, $i1, $i2;
    }
    return spew("$name.xdi", $text);
}

sub testCalibration {
    local $db = "$folder/calibration.db";
    my $got = json('import', withFoil('right', 0), withFoil('off', 1.85));
    is_deeply([map { $_->{calibration} } @$got], ['foil', 'foil'], 'by foils');
    my ($right, $off) = map { json('show', $_) } 1, 2;
    cmp_ok(abs($off->{calibration}{shift_eV} - $right->{calibration}{shift_eV}
        - 1.85), '<', 1e-5, 'the shift between them');
    my %value = map { $_->{name} => $_->{value} } @{ $right->{features} };
    my $worst = 0;
    for (@{ $off->{features} }) {
        next if !defined $_->{value} && !defined $value{ $_->{name} };
        my $d = abs(($_->{value} // 1e9) - ($value{ $_->{name} } // 0));
        $worst = $d if $d > $worst;
    }
    cmp_ok($worst, '<', 1e-4, 'the same features');
    is($off->{calibration}{foil_scan}, 2, 'show names the foil');
    my $predicted = json('predict', 2);
    cmp_ok(abs($predicted->[0]{calibration_shift_eV}
        - $off->{calibration}{shift_eV}), '<', 1e-12, 'predict moves as much');
    is(scalar @{ json('calibrations', '--foils') }, 2, 'calibrations');
    is_deeply($right->{flagged}, [], 'no point is flagged');
    my $text = do { local (@ARGV, $/) = withFoil('holes', 0); <> };
    my $row = 0;
    $text =~ s/^\d\S+ \K\S+/++$row == 3 || $row == 7 || $row == 8 ?
        'nan' : $&/gem;
    json('import', spew('holes.xdi', $text));
    is_deeply(json('show', 3)->{flagged}, [{ flag => 'invalid', count => 3,
        points => '2, 6-7' }], 'which points are flagged');
    like((run('-d', $db, 'show', 3))[1], qr/^invalid +3 2, 6-7$/m, 'as text');
    my ($file) = spectrum('MnCl2', 'Mn', 6539, -481.3);
    is(json('import', $file)->[0]{calibration}, 'none',
        'a file of nobody knows where is not moved by them');
    is(json('import', spectrum('MnBr2', 'Mn', 6539, -384.9), '--station',
        'X')->[0]{calibration}, 'none', 'nor one of another station');
}

sub testTrain {
    fails(1, qr/L: 0 samples: .*9 without the edges.*xasctl samples/, '-d',
        $db, qw(train --kind L));
    my $dry = json(qw(train --kind K --dry-run));
    is(scalar @{ json('model') }, 0, '--dry-run stores nothing');
    like($dry->{name}, qr/^K SYNTHETIC \S+ dry run$/, 'and says so');
    my $got = json(qw(train --kind K --svg), "$folder/k.svg");
    is($got->{n}, 9, 'nine samples');
    is_deeply($got->{nested}, $dry->{nested}, 'the same again');
    like($got->{name}, qr/^K SYNTHETIC \d{4}-\d\d-\d\d #1$/, 'its name');
    open my $figure, '<', "$folder/k.svg" or die;
    ok((grep { />\Q$got->{name}\E</ } <$figure>), 'also in its figure');
    ok($got->{synthetic} && $got->{nested}{r2} > 0.5, 'it sees the trend')
        or diag($got->{nested}{r2});
    my ($status, $out) = run('-d', $db, qw(model show 1));
    like($out, qr/SYNTHETIC.*nested: the figure to quote \(SYNTHETIC\)/s,
        'labelled');
    my $stored = json('model', 'show', $got->{name});
    is_deeply($stored->{$_}, $got->{$_}, "stored $_")
        for qw(nested select_once baseline lasso selected ranking samples);
    is(json('predict', 1)->[0]{state}, 'no model', 'not active yet');
    ($status) = run('-d', $db, 'model', 'activate', $got->{name});
    is($status, 0, 'activate');
    my $predicted = json('predict', 1, 'SYNTHETIC CoCl2');
    ok(@$predicted == 2 && $predicted->[0]{model} eq $got->{name},
        'predict by scan and by sample');
    my ($mine) = grep { $_->{id} eq $predicted->[0]{sample} }
        @{ $got->{samples} };
    near([$predicted->[0]{hf_kJ_per_mol}], [$mine->{nested}], 1e-9,
        'in training: its value left out');
    fails(1, qr/no model "other"/, '-d', $db, qw(model activate other));
    fails(1, qr/no scan or sample "other"/, '-d', $db, qw(predict other));
    fails(1, qr/no scan 99/, '-d', $db, qw(show 99));
    ($status, $out) = run('-d', $db,
        qw(train --kind K --name mine --activate --alpha-fraction 0.2));
    ok($status eq '0' && $out =~ /^Model mine SYNTHETIC /, 'a name of its own');
    fails(1, qr/there is a model "mine SYNTHETIC" already/, '-d', $db,
        qw(train --kind K --name mine));
    my $models = json('model');
    is(join(' ', map { $_->{active} || '-' } @$models), '- active', 'active');
}

sub testFeatures {
    my $got = json('features', "$folder/FeCl2.xdi");
    is_deeply([sort keys %$got], [sort qw(file element edge e0_eV edge_step
        pre_slope_per_eV pre_offset norm detection definitions flags
        quality features)], 'members');
    is_deeply([sort keys %{ $got->{norm} }],
        [sort qw(pre1 pre2 norm1 norm2 nnorm)], 'of norm');
    ok($got->{element} eq 'Fe' && $got->{edge} eq 'K', 'Fe K');
    ok(abs($got->{edge_step} - 1) < 0.05, 'edge step');
    my $stored = json('show', json('scans', '--sample',
        'SYNTHETIC FeCl2')->[0]{scan});
    my %value = map { $_->{name} => $_->{value} } @{ $stored->{features} };
    is_deeply({ map { $_ => $got->{features}{$_}{value} } keys %value },
        \%value, 'as stored');
    my $e0 = json('features', "$folder/FeCl2.xdi", '--e0', 7120);
    is($e0->{e0_eV}, 7120, '--e0');
    my $co = json('features', "$folder/FeCl2.xdi", '--element', 'Co');
    ok((grep { /^(wrong_element|no_)/ } @{ $co->{flags} }), '--element Co');
    ok(!defined $co->{features}{edge_e}{value}, 'null for what is not there');
    fails(1, qr/none\.xdi:4: no data/, 'features',
        spew('none.xdi', "# XDI/1.0\n# Column.1: energy eV\n"
            . "# Column.2: mutrans\n#----\n"));
    my ($status, $out) = run('features', "$folder/FeCl2.xdi");
    like($out, qr/^edge_e +\d+\.\d+ +\d\.\d+e-\d+ +eV$/m, 'as text');
}

# A file of mu alone is a scan too.
sub testMu {
    open my $in, '<', "$folder/FeBr2.xdi" or die;
    my $text = '';
    while (<$in>) {
        if (/^([\d.]+) (\d+) (\d+)/) {
            $text .= sprintf "%s %.8f\n", $1 / 1000, log($2 / $3);
        } else {
            s/energy eV/energy keV/;
            s/^# Column.2: .*/# Column.2: mutrans/;
            $text .= $_ if !/Column.3|energy i0/;
        }
    }
    my $got = json('import', spew('mu.xdi', $text), '--sample', 'only mu');
    my $show = json('show', $got->[0]{scan});
    is($show->{scan}{detection}, 'mu', 'a scan of mu');
    my ($edge) = grep { $_->{name} eq 'edge_e' } @{ $show->{features} };
    ok(abs($edge->{value} - (7117 + 2.498)) < 1, 'in eV')
        or diag($edge->{value});
}

sub testCare {
    my $stats = json('stats');
    ok($stats->{scans} == 10 && $stats->{models} == 2 && $stats->{bytes} > 1e5,
        'stats');
    is(json('check')->[0]{state}, 'ok', 'the database is whole');
    my ($status) = run('-d', $db, 'backup', "$folder/copy.db");
    is($status, 0, 'backup');
    fails(1, qr/copy\.db: exists/, '-d', $db, 'backup', "$folder/copy.db");
    is((run('-d', "$folder/copy.db", 'check'))[0], 0, 'the copy is whole');
    is((run('-d', "$folder/copy.db", '--tsv', 'scans', '--all'))[1],
        (run('-d', $db, '--tsv', 'scans', '--all'))[1], 'and says the same');
    ($status) = run('-d', $db, 'samples');
    is($status, 0, 'samples');
    my $same = json('upgrade');
    is($same->{before}, $same->{schema}, 'nothing to upgrade');
    like((run('-d', $db, 'upgrade'))[1], qr/schema \d+ already$/, 'in words');
    fails(1, qr/no such database/, '-d', "$folder/none.db", 'upgrade');
    SKIP: {
        skip 'no sqlite3 to damage a database with', 5
            if !grep { -x "$_/sqlite3" } split /:/, $ENV{PATH};
        system('sqlite3', "$folder/copy.db", 'UPDATE scan_channel SET data = '
            . "x'00' WHERE scan = 2 AND name = 'i0'");
        my ($status, $out, $err) = run('-d', "$folder/copy.db", 'check');
        ok($status eq '1' && $out =~ /scan 2: i0 has 1 bytes/,
            'a damaged array is found');
        fails(1, qr/channel i0 has 1 bytes/, '-d', "$folder/copy.db", 'predict',
            2);
        system('sqlite3', "$folder/copy.db", "UPDATE sample SET formula = "
            . "'Ni_OH_2' WHERE id = 1");
        like((run('-d', "$folder/copy.db", '--tsv', 'samples'))[1],
            qr/L scan, formula that can be read\n/, 'a mistyped formula');
        system('sqlite3', "$folder/copy.db", 'PRAGMA user_version = 77');
        fails(1, qr/copy\.db: has schema version 77/, '-d', "$folder/copy.db",
            'scans');
    }
    SKIP: {
        skip 'no /dev/full', 1 if !-c '/dev/full';
        is(system("'$xasctl' -d '$db' scans >/dev/full 2>/dev/null") >> 8, 1,
            'output that cannot be written');
    }
}

# The road of the demo, from stored spectra to the golden figures.
sub testSynthetic {
    SKIP: {
        my @files = glob "$data/synthetic/*.xdi";
        skip "no synthetic spectra in $data", 1 if @files != 30;
        local $db = "$folder/synthetic.db";
        run('-d', $db, 'reference', 'import', "$top/etc/halides.csv");
        my $got = json('import', @files);
        is(scalar @$got, 30, '30 spectra');
        my $models = json('train', '--activate');
        is(join(' ', map { $_->{kind} } @$models), 'K L K+L', 'three kinds');
        open my $in, '<', "$data/golden/synthetic_KL.json" or die;
        my $golden = decode_json(do { local $/; <$in> });
        is("@{$models->[2]{selected}}", "@{$golden->{selected}}",
            'K+L selects the golden features');
        open $in, '<', "$data/golden/synthetic_KL.csv" or die;
        my @order = map { /^(\w+),/ ? $1 : () } <$in>;
        shift @order;
        my %mine = map { $_->{id} =~ /SYNTHETIC (\w+)/ ? ($1 => $_->{nested})
            : () } @{ $models->[2]{samples} };
        near([@mine{@order}], $golden->{loo}{'nested_clip0.5'}{pred}, 0.01,
            'nested predictions from stored scans');
        my $show = json('predict', 'SYNTHETIC FeCl2 (not measured)');
        is(join(' ', map { $_->{kind} } @$show), 'K+L K+L', 'joined');
        my ($status, $out) = run('-d', $db, 'train', '--dry-run');
        is(() = $out =~ /nested: the figure to quote \(SYNTHETIC\)/g, 3,
            'labelled');
        unlike($out, qr/do not compare/, 'on the same samples');
    }
}

# A formula that is given later.
sub testFormula {
    local $db = "$folder/named.db";
    my $unnamed = spectrum('FeCl2', 'Fe', $er{Fe}, $dhf{FeCl2});
    open my $in, '<', $unnamed or die;
    my $text = do { local $/; <$in> };
    $text =~ s/(Sample.formula:).*/$1 Ni_OH_2/;
    $text =~ s/(Sample.name:).*/$1 b7/;
    spew('FeCl2.xdi', $text);
    my ($status, $out, $err) = run('-d', $db, 'import', $unnamed);
    ok($status eq '0' && $err =~ /"Ni_OH_2" is no formula and not used/,
        'a formula that cannot be read') or diag $status, $out, $err;
    my ($b7) = grep { $_->{sample} eq 'b7' } @{ json('samples') };
    is($b7->{lacks}, 'L scan, formula', 'lacks it');
    my $as = json('import', '--formula', 'FeCl2', $unnamed)->[0];
    is($as->{formula}, 'FeCl2', 'is given it');
    ($b7) = grep { $_->{sample} eq 'b7' } @{ json('samples') };
    is("$b7->{lacks} $b7->{scans}", 'L scan, reference value 1',
        'lacks it no more');
    is(json('show', $as->{scan})->{scan}{formula}, 'FeCl2', 'and keeps it');
    is_deeply(json('import', '--formula', 'FeCl2', $unnamed), [],
        'the same again is passed over');
}

# The queries that the README shows, on what this program has written.
sub testReadme {
    open my $in, '<:encoding(UTF-8)', "$top/README.md" or die;
    my @queries = do { local $/; <$in> } =~ /^```sql\n(.*?)^```/msg;
    ok(@queries, 'the README shows queries');
    for my $query (@queries) {
        spew('query.sql', $query);
        my $said = qx(sqlite3 -bail "$db" < query.sql 2>&1 >/dev/null);
        ok($? == 0 && $said eq '', '  they work') or diag("$query$said");
    }
}

testUse();
testManual();
testNoDatabase();
testGolden($_) for qw(measured_K synthetic_KL);
testMatrix();
testReferences();
testImport();
testCalibration();
testTrain();
testFeatures();
testMu();
testCare();
testSynthetic();
testReadme();
testFormula();
done_testing();
