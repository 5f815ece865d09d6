#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Figures: well-formed SVG with every feature the numbers name, for spectra of
# both edges, for one without an edge, for names that need escaping.
use strict;
use warnings;
use Cwd 'abs_path';
use File::Temp 'tempdir';
use lib '..';
use Test::More;
use XasTree qw(top);

my ($xasctl) = grep { -x } glob top() . '/build/bin/*/xasctl';
$xasctl = abs_path($xasctl // die "xasctl is not built\n");
my $data = abs_path(top()) . '/../shared/data';
$data = "$ENV{XASD_SHARED}/data" if $ENV{XASD_SHARED};
my $folder = tempdir(CLEANUP => 1);
chdir $folder or die;

# Elements nest and close, attributes are quoted: what an XML reader needs of
# a file that we write ourselves.
sub well_formed {
    my ($text) = @_;
    my @open;
    while ($text =~ m{<(/?)(\w+)((?:\s[\w:-]+="[^"<]*")*)\s*(/?)>|([<&][^<>;]*)}g) {
        my ($end, $name, $empty, $odd) = ($1, $2, $4, $5);
        if (defined $odd) {
            return "odd \"$odd\"" unless $odd =~ /^&(amp|lt|gt|quot)$/;
        } elsif ($end) {
            return "</$name> closes nothing" unless @open && $open[-1] eq $name;
            pop @open;
        } elsif (!$empty) {
            push @open, $name;
        }
    }
    return @open ? "<$open[-1]> stays open" : '';
}

sub slurp {
    open my $in, '<', $_[0] or return '';
    local $/;
    return <$in>;
}

sub write_xdi {
    my ($file, $formula, $mu) = @_;
    open my $out, '>', $file or die $!;
    print $out "# XDI/1.0\n# Element.symbol: Fe\n# Element.edge: K\n",
        "# Sample.name: a <b> & \"c\"\n# Column.1: energy eV\n",
        "# Column.2: mutrans\n#----\n";
    printf $out "%.2f %.8f\n", $_, $mu->($_) for map { 7000 + $_ } 0 .. 300;
    close $out;
}

sub figure {
    my (@args) = @_;
    unlink 'out.svg';
    system("'$xasctl' @args >/dev/null 2>err");
    return ($? >> 8, slurp('out.svg'));
}

write_xdi('edge.xdi', 'Fe', sub {
    1 / (1 + exp((7118 - $_[0]) / 1.5)) + exp(-(($_[0] - 7125) / 3) ** 2)
});
my ($rc, $svg) = figure('features edge.xdi --svg out.svg');
is($rc, 0, 'a K edge is drawn');
is(well_formed($svg), '', 'well-formed');
like($svg, qr/>white line 712\d\.\d\d eV</, 'the white line is marked');
like($svg, qr/>edge 711\d\.\d\d eV</, 'so is the edge');
is(() = $svg =~ /class="guide"/g, 2, 'lines before and behind the edge');

write_xdi('flat.xdi', 'Fe', sub { 1 + 1e-3 * sin($_[0]) });
($rc, $svg) = figure('features flat.xdi --svg out.svg');
is($rc, 0, 'a spectrum without an edge is drawn');
is(well_formed($svg), '', 'well-formed');
unlike($svg, qr/class="mark"/, 'nothing is marked');
like($svg, qr/flags: .*no_edge/, 'and it says so');

($rc) = figure('features edge.xdi --svg no/such/folder.svg');
is($rc, 1, 'a file that cannot be written: exit 1');
like(slurp('err'), qr{no/such/folder\.svg: No such file}, 'and its name');

system("'$xasctl' -d t.db import edge.xdi >/dev/null 2>&1");
($rc, $svg) = figure('-d t.db plot 1 -o out.svg');
is($rc, 0, 'a stored scan is drawn');
is(well_formed($svg), '', 'well-formed, whatever its name');
like($svg, qr/a &lt;b&gt; &amp; &quot;c&quot;/, 'which is escaped');
($rc) = figure('-d t.db plot 99 -o out.svg');
is($rc, 1, 'no such scan: exit 1');
like(slurp('err'), qr/scan 99: not found/, 'and its number');

SKIP: {
    my @files = glob "$data/measured/*.xdi";
    skip 'no ../shared/data/measured here', 1 unless @files;
    my @bad;
    for my $file (@files) {
        my ($end, $text) = figure("features '$file' --svg out.svg");
        my $why = $end ? "exit $end" : well_formed($text);
        push @bad, "$file: $why" if $why ne '';
    }
    is("@bad", '', @files . ' measured spectra give well-formed figures');
}
done_testing();
