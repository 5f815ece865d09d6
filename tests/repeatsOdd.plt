#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Repeats that do not belong together: other stations and axes, damaged in the
# store.  What is left counts, and what does not is said.
use strict;
use warnings;
use Cwd 'abs_path';
use File::Temp 'tempdir';
use JSON::PP;
use lib '..';
use Test::More;
use XasCli;
use XasTree qw(top);

my $halides = abs_path(top()) . '/etc/halides.csv';
chdir $folder or die;

# Where it is, then moved by the axis; a foil behind it is Ni, at its E0.
my $minute = 0;
sub measure {
    my ($station, $sample, $formula, $axis_eV, $foil) = @_;
    my ($element) = $formula =~ /^([A-Z][a-z]?)/;
    my $file = spectrum($formula, $element, $er{$element},
        $dhf{$formula} // -212);
    open my $in, '<', $file or die;
    my @line = <$in>;
    close $in;
    my $start = sprintf '2026-11-20T10:%02d:00Z', $minute++;
    for (@line) {
        s/^(# Sample.name: ).*/$1$sample\n# Scan.start_time: $start/;
        s/^(# Column.3: .*)/$1\n# Column.4: irefer counts/ if $foil;
        my ($e, $i0, $i1) = /^([\d.]+) (\d+) (\d+)$/ or next;
        my $x = $e - $er{$element};
        my $mu = 0.4 + 0.8 * (0.5 + atan2($x, 1) / 3.14159265)
            + 0.1 * exp(-(($x - 12) / 5)**2);
        $_ = sprintf "%.3f %d %d%s\n", $e + $axis_eV, $i0, $i1,
            $foil ? sprintf(' %.1f', $i1 * exp -$mu) : '';
    }
    my $name = spew("scan$minute.xdi", join '', @line);
    my $got = json('import', '--station', $station, $name);
    return $got->[0]{scan};
}

sub sql {
    my ($command) = @_;
    is(system('sqlite3', $db, $command), 0, $command);
}

for my $formula (sort keys %dhf) {
    measure('A', $formula, $formula, 0, 1) for 1 .. 2;
}
my ($status) = run('-d', $db, 'reference', 'import', $halides);
is($status, 0, 'references');
my $report = json(qw(train --kind K --repeats merge --activate));
is($report->{calibration}, 'foil', 'a model of calibrated scans');

# By the spectra NiBr2 is at -212; 1 eV of the axis is some 100 kJ/mol.
sub predicts {
    my ($what, $reason, @scan) = @_;
    for my $p (map { @{ json('predict', $_) } } @scan) {
        like($p->{reason}, $reason, "$what: $p->{reason}");
        cmp_ok(abs($p->{hf_kJ_per_mol} + 212), '<', 10,
            "$what: $p->{hf_kJ_per_mol}");
    }
}

# Station B is 3 eV high, as its foil says; the first scan is of station A.
my @two = (measure('A', 'two', 'NiBr2', 0, 1),
    map { measure('B', 'two', 'NiBr2', 3, 1) } 1 .. 2);
predicts('two stations', qr/K: 3 of 3 scans merged/, @two);

# Before station C had a foil: its axis is nobody's.
my @late = (measure('C', 'late', 'NiBr2', 2, 0),
    map { measure('C', 'late', 'NiBr2', 2, 1) } 1 .. 2);
predicts('no foil yet', qr/K: 2 of 3 scans merged/, @late);
my $merge = json('merge', 'late');
is($merge->{members}[0]{reason}, 'not calibrated, as others are',
    'with the reason');

# Two stations without any foil: the axis of most.
my @none = map { measure($_, 'none', 'NiBr2', $_ eq 'E' ? 2 : 0, 0) }
    qw(D D E E E);
$merge = json('merge', 'none');
is_deeply([map { $_->{used} ? 1 : 0 } @{ $merge->{members} }],
    [0, 0, 1, 1, 1], 'one station of two');
is($merge->{members}[0]{reason}, 'another station, no foil joins them',
    'with the reason');

# What is called "test" is another thing each time: never joined.
measure('A', 'test', $_, 0, 1) for qw(FeF2 FeBr2 FeF2 FeBr2);
my ($ok, $out) = run('-d', $db, 'model', 'export',
    json(qw(train --kind K --repeats merge --permutations 0))->{name});
my ($test) = grep { $_->{sample} eq 'test' }
    @{ decode_json($out)->{model}{model_sample} };
ok($test && !defined $test->{k_merge}, 'a test scan stands alone')
    or diag explain $test;

# Two of a station that do not agree: which is right, nobody knows.
my @differ = map { measure('F', 'differ', 'NiBr2', $_, 0) } 0, 2;
my $p = json('predict', $differ[1])->[0];
like($p->{reason}, qr/K: 2 of 2 scans merged, which differ/,
    "said: $p->{reason}");

# One is damaged: the others count, a new one is predicted, models train.
my @damaged = map { measure('A', 'damaged', 'NiBr2', 0, 1) } 1 .. 3;
sql("UPDATE scan_channel SET data = x'00'
    WHERE scan = $damaged[1] AND name = 'i1'");
sql("UPDATE merge SET stale = 1");
push @damaged, measure('A', 'damaged', 'NiBr2', 0, 1);
predicts('one damaged', qr/K: 3 of 4 scans merged/, $damaged[-1]);
$merge = json('merge', 'damaged');
like($merge->{members}[1]{reason}, qr/^cannot be read: channel i1/,
    "said: $merge->{members}[1]{reason}");
$report = json(qw(train --kind K --repeats merge --dry-run --permutations 0));
is($report->{repeats}, 'merge', 'training goes on');
fails(1, qr/nothing to merge: scan $damaged[1]: cannot be read/, '-d', $db,
    'merge', $damaged[1]);

# Several programs at once: repeats of a sample and, each of them, the same file.
# Each is stored once, and their merges are whole.
my @made = map {
    rename spectrum('NiBr2', 'Ni', $er{Ni}, -212), "many$_.xdi" or die;
    "many$_.xdi";
} 1 .. 36;
my %failed;
while (my ($shared, @own) = splice @made, 0, 6) {
    my %pid = map {
        my $pid = fork // die "fork: $!";
        if (!$pid) {
            open STDOUT, '>', '/dev/null' or die;
            open STDERR, '>', "err-$_" or die;
            exec $xasctl, '-d', $db, qw(import -S A -s many), $shared, $_
                or die;
        }
        $pid => $_;
    } @own;
    while (%pid) {
        my $done = wait;
        $failed{ delete $pid{$done} } = $? if $? && $pid{$done};
        delete $pid{$done};
    }
}
is_deeply(\%failed, {}, 'imports beside each other');
my $count = sub {
    open my $in, '-|', 'sqlite3', '-batch', $db, $_[0] or die;
    my $got = <$in>;
    chomp $got;
    return $got;
};
is($count->("SELECT count(*) FROM scan WHERE sample =
    (SELECT id FROM sample WHERE name = 'many')"), 36, 'each stored once');
is($count->("SELECT count(*) FROM (SELECT scans FROM merge WHERE NOT stale
    GROUP BY scans HAVING count(*) > 1)"), 0, 'no merge twice');
is($count->("SELECT count(*) FROM merge m WHERE length(scans) -
    length(replace(scans, ',', '')) + 1 <>
    (SELECT count(*) FROM merge_scan WHERE merge = m.id)"), 0, 'all whole');

# Somebody else's folder: said what to do, by root as nobody.
SKIP: {
    skip 'not root, or no setpriv', 4
        if $> != 0 || !grep { -x "$_/setpriv" } split /:/, $ENV{PATH};
    my $theirs = tempdir('xasdXXXXXX', TMPDIR => 1, CLEANUP => 1);
    chmod 0755, $theirs or die;
    system('cp', $db, "$theirs/a.db") == 0 or die;
    system('cp', $xasctl, "$theirs/xasctl") == 0 or die;
    sub nobody {
        my (@args) = @_;
        local $XasCli::xasctl = 'setpriv';
        return run(qw(--reuid 65534 --clear-groups), "$theirs/xasctl", '-d',
            "$theirs/a.db", '--json', @args);
    }
    my ($status, $out, $err) = nobody('predict', $two[0]);
    ok($status eq '1' && $out eq '' && $err =~ /copy it to one that is$/,
        "refused: $err");
    chmod 0777, $theirs or die;
    my ($status2, $out2, $err2) = nobody('predict', $two[0]);
    is("$status2 $err2", '0 ', 'read where files may be made beside it');
    ok(eval { decode_json($out2) }, 'a prediction');
    ($status2, $out2) = nobody(qw(train --kind K --repeats merge --dry-run
        --permutations 0));
    ok($status2 eq '0' && eval { decode_json($out2) }, 'a model tried');
}
done_testing();
