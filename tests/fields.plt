#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# A recording gives back what the assembler was told: xasRecordingFields.c names
# each member of the rules and of a scan's head, and nothing but this test
# notices a new one that it lacks.  Sizes cannot: one may hide in padding.
use strict;
use warnings;
use lib '..';
use Test::More tests => 8;
use XasTree qw(lines);

my $table = 'xasd/exchange/xasRecordingFields.c';

# members(TEXT, STRUCT): what the struct declares.
sub members {
    my ($text, $struct) = @_;
    $text =~ s{/\*.*?\*/}{}gs;
    my ($body) = $text =~ /typedef struct $struct \{(.*?)\} $struct;/s
        or return;
    my @names;
    for my $declaration (split /;/, $body) {
        $declaration =~ s/\[[^]]*\]//g;
        push @names, $declaration =~ /(\w+)\s*(?:,|$)/g;
    }
    return @names;
}

# named(TEXT, MACRO): what the table names.
sub named { return $_[0] =~ /^\s+$_[1]\(\w+, (\w+)\),$/gm }

# less(A, B): of A, what is not in B.
sub less {
    my ($these, $those) = @_;
    my %in = map { $_ => 1 } @$those;
    return join ' ', grep { !$in{$_} } @$these;
}

is(join(' ', members("typedef struct a {\n int b; /* c; */ char d[3], *e;\n"
    . " double f[x], *g[y];\n} a;", 'a')), 'b d e f g',
    'members are found');
is(less([qw(a b c)], [qw(a c)]), 'b', 'noticed: a member that is not named');

my $fields = join '', lines($table);
for (
    [xasAssemblerRules => 'xasd/assemble/xasAssembler.h', 'RULE'],
    # points and events have lines of their own; a row is the store's
    [xasScan => 'xasd/assemble/xasScan.h', 'HEAD', qw(row n capacity channels
        channel stamp_ns flags nEvents eventCapacity event)],
) {
    my ($struct, $header, $macro, @apart) = @$_;
    my @members = members(join('', lines($header)), $struct);
    my @named = named($fields, $macro);
    ok(@members > 20 && @named > 20, "$struct has members");
    is(less(\@members, [@named, @apart]), '', "$table names all of $struct");
    is(less([@named, @apart], \@members), '', 'and no others');
}
