# SPDX-License-Identifier: BSD-3-Clause
# For tests of xasctl: a folder and a database of their own, calls without a
# shell, and made spectra whose edge follows an enthalpy.
package XasCli;
use strict;
use warnings;
use utf8;
use Cwd 'abs_path';
use Encode qw(encode);
use Exporter 'import';
use File::Temp 'tempdir';
use JSON::PP;
use Test::More;
use XasTree qw(top);
our @EXPORT = qw(*db $xasctl $folder %er %dhf run json fails spew near spectrum);

our ($xasctl) = grep { -x } glob top() . '/build/bin/*/xasctl';
$xasctl = abs_path($xasctl // die "xasctl is not built\n");
our $folder = tempdir(CLEANUP => 1);
our $db = "$folder/test.db";
delete $ENV{XASD_DATABASE};

our %er = (Fe => 7112, Co => 7709, Ni => 8333, Cu => 8979);
our %dhf = (FeF2 => -711.3, FeCl2 => -341.8, FeBr2 => -249.8, CoF2 => -692,
    CoCl2 => -312.5, CoBr2 => -220.9, NiF2 => -651.4, NiCl2 => -305.3);

# run(ARGS): (exit status, stdout, stderr), without a shell between.
sub run {
    my @args = map { encode 'UTF-8', $_ } @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDOUT, '>', "$folder/out" or die;
        open STDERR, '>', "$folder/err" or die;
        exec $xasctl, @args or die;
    }
    waitpid $pid, 0;
    my $status = $? & 127 ? "signal $?" : $? >> 8;
    return $status, map {
        open my $in, '<:raw', "$folder/$_" or die;
        local $/;
        scalar <$in>;
    } qw(out err);
}

# What a call with --json printed; fails the test where it is not JSON.
sub json {
    my ($status, $out, $err) = run('-d', $db, '--json', @_);
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
    my $lines = () = $err =~ /\n/g;
    is($lines, 1, "  in one line: " . $err =~ s/\n.*//sr) if $expected == 1;
}

sub spew {
    my ($name, $text) = @_;
    open my $out, '>:utf8', "$folder/$name" or die;
    print $out $text;
    close $out or die;
    return "$folder/$name";
}

# A K edge whose place follows the enthalpy: an arctangent and a white line
# over a sloping background, with counting noise (a fixed sequence).
my $seed = 1;
sub uniform { return ($seed = ($seed * 1103515245 + 12345) % 2**31) / 2**31 }
sub spectrum {
    my ($formula, $element, $er, $dhf) = @_;
    my $text = "# XDI/1.0 XasCli.pm\n# Element.symbol: $element\n"
        . "# Element.edge: K\n# Column.1: energy eV\n# Column.2: i0 counts\n"
        . "# Column.3: itrans counts\n# Sample.formula: $formula\n"
        . "# Sample.name: SYNTHETIC $formula\n# ---\n# energy i0 itrans\n";
    my $edge = $er + 5 - $dhf / 100;
    for (my $e = $er - 150; $e < $er + 400; $e += abs($e - $er) < 40 ? 0.35 : 4)
    {
        my $mu = 0.9 - 2e-4 * ($e - $er)
            + (0.5 + atan2($e - $edge, 1.2) / 3.14159265)
            + (0.5 - $dhf / 2000) * exp(-(($e - $edge - 3) / 2.2)**2);
        my $i0 = int(4e5 * (1 + 1e-3 * uniform()));
        my $noise = sqrt(-2 * log(uniform() + 1e-9)) * cos(6.2831853 * uniform());
        my $i1 = $i0 * exp(-$mu);
        $text .= sprintf "%.3f %d %d\n", $e, $i0, $i1 + sqrt($i1) * $noise;
    }
    return spew("$formula.xdi", $text);
}

sub near {
    my ($got, $expected, $tolerance, $what) = @_;
    my $worst = 0;
    for my $i (0 .. $#$expected) {
        my $d = defined $got->[$i] ? abs($got->[$i] - $expected->[$i]) : 9e99;
        $worst = $d if $d > $worst;
    }
    ok(@$got == @$expected && $worst <= $tolerance,
        sprintf '%s: %d within %.1e', $what, scalar @$got, $worst);
}

1;
