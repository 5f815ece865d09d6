#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Our C is laid out as .clang-format says.  Versions differ in details: only
# the one it was laid out with (Debian 12's) can judge.
use strict;
use warnings;
use lib '..';
use Test::More;
use XasTree qw(files top);

my ($tool) = grep { (`$_ --version 2>/dev/null` // '') =~ /version 14\./ }
    qw(clang-format-14 clang-format);
plan skip_all => 'clang-format 14 is not installed' if !$tool;

my @sources = grep { /\.[ch]$/ } files();
plan tests => 1 + @sources;
ok(scalar @sources, 'sources found');
for my $name (@sources) {
    my $path = top() . "/$name";
    my $said = `$tool --style=file --dry-run -Werror $path 2>&1`;
    ok($? == 0, $name) or diag((split /\n/, $said)[0],
        "\nclang-format -i $name mends it");
}
