#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# `make deploy' gives a tree that needs nothing of this checkout.
use strict;
use warnings;
use File::Find;
use File::Temp 'tempdir';
use lib '..';
use Test::More;
use XasTree qw(top);

my $top = top();
my @programs = qw(xasd xasctl xassim);
my ($bin) = glob "$top/build/bin/*";
my @unbuilt = grep { !$bin || !-x "$bin/$_" } @programs;
plan skip_all => "not built: @unbuilt" if @unbuilt;

my $dest = tempdir(CLEANUP => 1);
my $prefix = '/opt/xasd';
my $said = `$top/configure/deploy $prefix $dest 2>&1`;
is($?, 0, 'deployed') or BAIL_OUT($said);

# The links too lead to the programs.
ok(-x "$dest$prefix/bin/$_" && !-z _, "bin/$_") for @programs;

# What the units name is there.
my @units = glob "$dest$prefix/lib/systemd/system/*.service";
is(scalar @units, 3, 'three units');
my %named;
for my $unit (@units) {
    open my $in, '<', $unit or die "$unit: $!\n";
    local $/;
    my $text = <$in>;
    my $name = substr $unit, length $dest;
    unlike($text, qr{/usr/local/}, "$name: no other prefix");
    $text =~ s/^(#|EnvironmentFile=-).*$//mg;
    $named{$1} = 1 while $text =~ m{(\Q$prefix\E/[^\s%]*)(?=\s)}g;
}
ok(-e "$dest$_", "$_ is there") for sort keys %named;

# Nothing leads back to this checkout, or to what lies beside the deployed.
my $checkout = `cd $top && pwd -P`;
chomp $checkout;
my @back;
find({ no_chdir => 1, wanted => sub {
    return if !-f || -l || -B;
    open my $in, '<', $_ or die "$_: $!\n";
    local $/;
    my $text = <$in>;
    push @back, $_ if $text =~ m{\Q$checkout\E|\$\(XASD_TOP\)/build/};
} }, $dest);
is("@back", '', 'no file names the checkout');

# A second run keeps settings that were edited.
my $conf = "$dest$prefix/etc/xasd/xasd.conf";
open my $out, '>>', $conf or die "$conf: $!\n";
print $out "# edited\n";
close $out or die "$conf: $!\n";
my $size = -s $conf;
`$top/configure/deploy $prefix $dest 2>&1`;
is($?, 0, 'deployed again');
is(-s $conf, $size, 'xasd.conf was kept');

ok(-e "$dest$prefix/lib/xasd/etc/presets/$_.conf", "preset $_ is there")
    for qw(sscan quick-array step-k step-tey continuous elements);

isnt(system("$top/configure/deploy opt $dest >/dev/null 2>&1"), 0,
    'a relative PREFIX is refused');

done_testing();
