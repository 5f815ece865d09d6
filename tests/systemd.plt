#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# systemd understands our units: checked on a copy whose programs are those
# just built.  And what keeps the daemon well-behaved is really in them.
use strict;
use warnings;
use Cwd 'abs_path';
use File::Temp 'tempdir';
use lib '..';
use Test::More;
use XasTree qw(lines top);

my @units = qw(xasd-carepeater.service xasd.service xasd@.service);
my %text = map { $_ => join '', lines("systemd/$_") } @units;

for my $unit (qw(xasd.service xasd@.service)) {
    like($text{$unit}, qr/^\Q$_\E$/m, "$unit: $_")
        for qw(UMask=0007 StateDirectoryMode=2770 LimitRTPRIO=0
        Restart=on-failure StandardInput=null),
        'Environment=EPICS_CA_MAX_SEARCH_PERIOD=60';
    like($text{$unit}, qr/^Wants=.*xasd-carepeater\.service/m,
        "$unit wants the repeater");
    unlike($text{$unit}, qr/^TTY|=tty/m, "$unit takes no terminal");
}

SKIP: {
    skip 'systemd-analyze is not installed', 4
        if !grep { -x "$_/systemd-analyze" } split /:/, $ENV{PATH};
    my $top = abs_path(top());
    my $bin = (glob "$top/build/bin/*")[0] // "$top/build/bin";
    my $folder = tempdir(CLEANUP => 1);

    # Until all programs exist, their places are what is checked.
    my $program = sub { -x "$bin/$_[0]" ? "$bin/$_[0]" : '/bin/true' };
    my %copy = map { $_ => "$folder/" . s/@/\@test/r } @units;
    for my $unit (@units) {
        my $copy = $text{$unit};
        $copy =~ s{/usr/local/(?:bin|lib/xasd)/(\w+)(?=\s)}
            {$program->($1)}ge;
        $copy =~ s{/usr/local/lib/xasd/iocBoot}{$top/iocBoot}g;
        open my $out, '>', $copy{$unit} or die "$copy{$unit}: $!\n";
        print $out $copy;
        close $out or die "$copy{$unit}: $!\n";
    }
    for my $unit (@units) {
        my $said = `systemd-analyze verify --man=no $copy{$unit} 2>&1`;
        my $rc = $?;
        # Units of this machine, which they pull in, are not ours to mend.
        my @ours = grep { m{\Q$folder\E|\bxasd} } split /\n/, $said;
        ok($rc == 0 && !@ours, "systemd-analyze verify $unit")
            or diag($said);
    }

    # The check itself: it does notice a mistake.
    my $wrong = "$folder/wrong.service";
    open my $out, '>', $wrong or die "$wrong: $!\n";
    print $out $text{'xasd.service'} =~ s/^ExecStart=/ExecStrat=/mr;
    close $out or die "$wrong: $!\n";
    `systemd-analyze verify --man=no $wrong 2>&1`;
    isnt($?, 0, 'noticed: a unit that starts nothing');
}

my ($user) = grep { /^u / } lines('systemd/sysusers.d/xasd.conf');
like($user, qr{^u xasd - ".+" /var/lib/xasd$}, 'the user is declared');

done_testing();
