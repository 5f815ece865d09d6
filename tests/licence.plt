#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Each file names its licence, and the top folder stays as designed.
use strict;
use warnings;
use lib '..';
use Test::More;
use XasTree qw(files lines top);

# Data and pictures have no place for it; of prose LICENSE speaks for all.
my $data = qr/\.(csv|tsv|xdi|dat|png|json)$/;
my %prose = map { $_ => 1 } qw(LICENSE README.md);

my @files = files();
ok(@files > 20, scalar(@files) . ' files found');

# In the first line, or below the one a #! or an XML file must start with.
my @without = grep {
    my @head = (lines($_))[0, 1];
    shift @head if ($head[0] // '') =~ /^(#!|<\?xml)/;
    ($head[0] // '') !~ /SPDX-License-Identifier: BSD-3-Clause/;
} grep { !/$data/ && !$prose{$_} } @files;
is("@without", '', 'SPDX-License-Identifier is the first line of each file');

like(join(" ", lines("LICENSE")), qr{Neither the name of the copyright holder},
    "LICENSE is BSD-3-Clause");

my %expected = map { $_ => 1 }
    qw(Makefile README.md LICENSE configure xasd db iocBoot tests etc systemd);
my %top = map { m{^([^/]+)} ? ($1 => 1) : () } @files;
my @extra = grep { !$expected{$_} && !/^\./ } sort keys %top;
is("@extra", '', 'nothing new at the top');

# A machine's own paths do not belong in a repository.
my @paths = grep {
    my $name = $_;
    grep { m{(?<![\w.\$)\}])/(root|work|home/\w+)/} } lines($name);
} grep { !/$data/ } @files;
is("@paths", '', 'no file names a folder of one machine');

done_testing();
