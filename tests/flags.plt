#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Every flag that a spectrum can get is explained in xasctl(1), and no other.
use strict;
use warnings;
use lib '..';
use Test::More;
use XasTree qw(top);

my $top = top();

sub slurp {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!";
    local $/;
    return scalar <$in>;
}

# The flags of the sources: literals, also those chosen by a condition.
my %added;
for my $file (glob "$top/xasd/{spectrum,pipeline,model}/*.c") {
    my $text = slurp($file);
    while ($text =~ /xasFlagsAdd\(([^;]*);/g) {
        $added{$_} = $file for $1 =~ /"([A-Za-z]\w*)"/g;
    }
}
cmp_ok(scalar keys %added, '>', 40, 'flags in the sources');

my ($section) = slurp("$top/xasd/man/xasctl.1")
    =~ /^\.Sh FLAGS OF A SPECTRUM\n(.*?)^\.Sh /ms;
my %told;
for my $line ($section =~ /^\.It Li (.*)$/mg) {
    $told{$_} = 1 for grep { !/^interf_|:/ } split / , /, $line;
}
is_deeply([sort grep { !$told{$_} } keys %added], [], 'all are explained');
is_deeply([sort grep { !$added{$_} } keys %told], [], 'all explained exist');
like($section, qr/^\.It Li \Q$_\E/m, "and $_")
    for 'wrong_element:El', 'interf_El_EDGE';
done_testing();
