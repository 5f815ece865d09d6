# SPDX-License-Identifier: BSD-3-Clause
# The files of this source tree, for the tests that read it.
package XasTree;
use strict;
use warnings;
use Exporter 'import';
use File::Find;
our @EXPORT_OK = qw(top files lines);

# Tests run in tests/O.<arch>.
sub top { return '../..' }

# What git knows (also files not yet added); in an unpacked archive all that
# is not a product of the build.
sub files {
    my $top = top();
    my @found;
    if (-e "$top/.git") {
        @found = split /\0/,
            `git -C $top ls-files -z -co --exclude-standard 2>/dev/null`;
    }
    if (!@found) {
        find({ no_chdir => 1, wanted => sub {
            my $name = $File::Find::name =~ s{^\Q$top\E/?}{}r;
            return $File::Find::prune = 1
                if $name =~ m{^(build|demo|\.git)$|(^|/)O\.[^/]+$};
            push @found, $name if -f && $name !~ /\.(local|db(-wal|-shm)?)$/;
        } }, $top);
    }
    return grep { -f "$top/$_" } sort @found;
}

sub lines {
    my ($name) = @_;
    open my $in, '<', top() . "/$name" or die "$name: $!\n";
    return <$in>;
}

1;
