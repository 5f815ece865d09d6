#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# xasctl merge, on repeats with known differences; a glitch on its way into
# the database.
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
my $folder = tempdir(CLEANUP => 1);
delete $ENV{XASD_DATABASE};
chdir $folder or die;

# run(ARGS): (exit status, stdout, stderr), without a shell between.
sub run {
    my @args = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDOUT, '>', 'out' or die;
        open STDERR, '>', 'err' or die;
        exec $xasctl, '-d', 'merge.db', @args or die;
    }
    waitpid $pid, 0;
    my $status = $? & 127 ? "signal $?" : $? >> 8;
    return $status, map {
        open my $in, '<:raw', $_ or die;
        local $/;
        scalar <$in>;
    } qw(out err);
}

sub json {
    my ($status, $out, $err) = run('--json', @_);
    my $value = eval { decode_json($out) };
    ok($status eq '0' && defined $value, "xasctl @_ --json")
        or diag($status, $err, $@);
    return $value;
}

sub fails {
    my ($expected, $words, @args) = @_;
    my ($status, $out, $err) = run(@args);
    ok($status eq $expected && $err =~ $words, "exit $expected: xasctl @args")
        or diag("$status: $out$err");
}

my $seed = 1;
sub uniform { return ($seed = ($seed * 1103515245 + 12345) % 2**31) / 2**31 }

# A K edge of Fe at 7118 + shift, with its white line and counting noise.
my $files = 0;
sub measure {
    my ($sample, %how) = @_;
    my $minute = sprintf '%02d', ++$files;
    my $text = "# XDI/1.0 merge.plt\n# Element.symbol: Fe\n"
        . "# Element.edge: K\n# Column.1: energy eV\n# Column.2: i0 counts\n"
        . "# Column.3: itrans counts\n# Sample.formula: FeCl2\n"
        . "# Sample.name: $sample\n"
        . "# Scan.start_time: 2026-11-20T10:$minute:00Z\n# ---\n"
        . "# energy i0 itrans\n";
    for (my $e = 6960; $e < 7500; $e += abs($e - 7115) < 40 ? 0.35 : 4) {
        my $x = $e - 7118 - ($how{shift} // 0);
        my $mu = 0.7 + 0.5 + atan2($x, 1.2) / 3.14159265
            + (0.6 + ($how{line} // 0)) * exp(-(($x - 3) / 2.2)**2);
        my $noise = sqrt(-2 * log(uniform() + 1e-9))
            * cos(6.2831853 * uniform());
        $mu += $how{spike} if $how{spike} && $e >= 7260 && $e < 7264;
        my $i1 = 1e6 * exp(-$mu);
        $text .= sprintf "%.3f 1000000 %.1f\n", $e, $i1 + sqrt($i1) * $noise;
    }
    open my $out, '>', "repeat$files.xdi" or die;
    print $out $text;
    close $out or die;
    my $got = json('import', "repeat$files.xdi");
    return $got->[0]{scan};
}

my @good = map { measure('steady') } 1 .. 3;
my $slipped = measure('steady', shift => 0.7);
my $last = measure('steady');

my $got = json('merge', 'steady');
is($got->{used}, 4, 'four of five');
is_deeply([map { $_->{scan} } @{ $got->{members} }],
    [@good, $slipped, $last], 'in order of time');
my ($out) = grep { $_->{scan} == $slipped } @{ $got->{members} };
ok(!$out->{used} && $out->{reason} =~ /^outlier: .*most at 71\d\d\.\d\d eV$/,
    "refused: $out->{reason}");
ok(!$got->{aligned} && !$got->{beam_damage} && $got->{trend} eq '',
    'no foil, no damage');
my $one = $got->{members}[0]{features}{wl_i};
my $all = $got->{features}{wl_i};
cmp_ok(abs($all->{value} - $one->{value}), '<', 4 * $one->{err}, 'white line');
ok($all->{err} < 0.9 * $one->{err}, 'its error is smaller');
ok($all->{one_more} > 0.8 && $all->{one_more} < 1, "one more: $all->{one_more}");
ok(exists $got->{features}{pre_e} && !exists $got->{features}{l3_e},
    'features of the edge');

$got = json('merge', @good[0, 1]);
is($got->{used}, 2, 'by number');
$got = json('merge', '--edge', 'K', $good[2]);
is($got->{used}, 1, 'one alone is itself');
cmp_ok(abs($got->{features}{edge_e}{value}
    - $got->{members}[0]{features}{edge_e}{value}), '<', 1e-6, 'to the digit');

my @lost = map { measure('fading', line => -0.05 * $_) } 0 .. 5;
$got = json('merge', 'fading');
ok($got->{beam_damage} && $got->{trend} =~ /wl_i|edge_e|wl_e/,
    "damage: $got->{trend}");
ok((grep { $_ eq 'beam_damage' } @{ $got->{flags} }), 'its flag');
ok($got->{used} < 3 && $got->{members}[0]{used} && !$got->{members}[5]{used},
    'the first count');
like($got->{members}[5]{reason}, qr/beam damage/, 'with the reason');
is($got->{features}{wl_i}{one_more}, undef, 'more would not help');

my ($status, $text, $err) = run('merge', 'steady');
is($status, 0, 'for people');
like($text, qr/^steady: Fe K, 4 of 5 scans merged, not aligned/, 'head');
like($text, qr/^scan $slipped refused: outlier/m, 'the refused one');
like($text, qr/^wl_i +[\d.]+ +[\d.e-]+ +0\.\d+ /m, 'a row');
($status, $text) = run('merge', 'steady', '--tsv');
my @rows = map { [split /\t/, $_, -1] } split /\n/, $text;
is_deeply([grep { @$_ != 9 } @rows], [], 'nine columns between tabs');

# A spike of one point, 148 eV above the edge: flagged, kept, bridged.
my $spiked = json('show', measure('spiked', spike => 0.3));
is($spiked->{quality}{glitches}, 1, 'one glitch');
like($spiked->{quality}{reason}, qr/glitches in mu: 1 \(-3\)/, 'in words');
is($spiked->{scan}{flagged}, 1, 'flagged');
is($spiked->{spectrum}{points}, $spiked->{scan}{points}, 'no point deleted');
my $steady = json('show', $good[0]);
is($steady->{quality}{glitches}, 0, 'none without');
my ($without, $with) = map { grep { $_->{name} eq 'wl_i' } @$_ }
    $steady->{features}, $spiked->{features};
cmp_ok(abs($without->{value} - $with->{value}), '<', 5 * $without->{error},
    'features as without it');

fails(1, qr/no finished scan of nobody/, 'merge', 'nobody');
fails(1, qr/no finished scan of steady at L/, 'merge', 'steady', '-e', 'L');
fails(1, qr/there is no scan 99/, 'merge', 99);
fails(2, qr/expected a sample or the numbers/, 'merge');
fails(2, qr/expected a sample or the numbers/, 'merge', 'steady', 1);
fails(2, qr/expected K or L/, 'merge', 'steady', '--edge', 'M');
fails(2, qr/one sample only/, 'merge', 'steady', 'fading');
done_testing();
