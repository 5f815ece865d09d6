#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# xasdChannel against a real IOC: connect, first values, values in order, gets,
# texts, arrays, and a restart of the IOC.
use strict;
use warnings;
use utf8;
use lib '..';
use File::Temp;
use Test::More;
use XasWire qw(freePorts wireEnvironment launch);

binmode $_, ':encoding(UTF-8)'
    for Test::More->builder->output, Test::More->builder->failure_output;
my $softIoc = XasWire::baseProgram('softIoc');
plan skip_all => 'no softIoc in this EPICS Base' unless $softIoc;

my ($port, $smallPort) = freePorts(2);
my $repeater = wireEnvironment($port, $smallPort);

sub startIoc {
    my ($db) = @_;
    my $ioc = launch($softIoc, '-d', $db // '../channel.db');
    ok($ioc->expect(qr/iocRun: All initialization complete/), 'IOC runs');
    return $ioc;
}

# Lines in any order, all of them.
sub expectAll {
    my ($process, $seconds, @patterns) = @_;
    my $until = time + $seconds;
    while (@patterns && time <= $until) {
        my $line = $process->line($until - time + 1) // last;
        @patterns = grep { $line !~ $_ } @patterns;
    }
    ok(!@patterns, 'all came') or diag "missing @patterns; seen:\n",
        join "\n", $process->seen;
    $process->seen;
}

my $text = 'A name that is longer than forty bytes, with Å and 🧪';
my $bytes = $text;
utf8::encode($bytes);
my $ioc = startIoc();
$ioc->say(qq{dbpf T:Sample "  $bytes "}, 'dbpf T:Formula "FeCl3"',
    'echo ready');
ok($ioc->expect(qr/ready/), 'texts are set');
my $print = launch('./channelPrint', qw(energy=T:Energy i0=T:I0 i1=T:Never
    commit=T:Point sequence=T:Point active=T:Busy sample=T:Sample
    formula=T:Formula element=T:Element edge=T:Edge tey=T:Missing));

my @first = (
    qr/^value energy 7000 severity 0 stamp now initial$/,
    qr/^value i0 5 severity 0 stamp now initial$/,
    qr/^value i1 3 severity 0 no stamp initial$/,
    qr/^value sequence -1 .* initial$/, qr/^value commit -1 .* initial$/,
    qr/^value active 0 .* initial$/,
    qr/^value element "Fe" severity 0 stamp now initial$/,
    qr/^value edge "K" .* initial$/,
);
expectAll($print, 20, (map { qr/^connect $_ server 1$/ }
    qw(energy i0 i1 commit sequence active sample formula element edge)),
    qr/xasd: TEST: energy T:Energy has units 'keV', configured is eV$/,
    @first, qr/^value sample "\Q$bytes\E" .* initial$/,
    qr/^value formula "FeCl3" .* initial$/);
$print->say('missing');
is($print->expect(qr/^missing/), 'missing 1: tey T:Missing', 'missing by name');
$print->say('units', 'count');
is($print->expect(qr/^units/), 'units keV', 'units');
is($print->expect(qr/^count/),
    'count expected 10 connected 9 reconnects 0', 'counted by PV');
ok($print->expect(qr/xasd: TEST: 1 of 10 PVs missing: tey T:Missing$/),
    'logged once after 5 s');

# 500 points: each value, in order, the commit last.  Five at a time: of more
# than a hundred unsent values the server keeps the last of each PV.
my (@wanted, @got);
for my $slice (0 .. 99) {
    my @points = map { 5 * $slice + $_ } 1 .. 5;
    $ioc->say((map { ("dbpf T:Energy $_", "dbpf T:I0 0.$_", "dbpf T:Point $_") }
        @points), 'echo drained');
    $ioc->expect(qr/drained/); # its echo must not fill the pipe
    push @wanted, map { ("energy $_", 'i0 ' . (0 + "0.$_"), "sequence $_",
        "commit $_") } @points;
    while (@got < @wanted) {
        my $line = $print->line(20) // last;
        push @got, "$1 " . (0 + $2)
            if $line =~ /^value (\w+) (\S+) .*stamp now$/;
    }
    last if @got < @wanted;
}
is_deeply(\@got, \@wanted, '2000 values in order');

$ioc->say('dbpf T:I0 200', 'dbpf T:Point 2000', 'dbpf T:Point 2001');
is($print->expect(qr/^value i0/), 'value i0 200 severity 2 stamp now',
    'severity');
is($print->expect(qr/^value commit/),
    'value commit 2000 severity 1 stamp now', 'commit in alarm');
ok($print->expect(qr/^value commit 2001/), 'and the next');

$print->say('get i0,i1,commit,sequence,sample,element,tey 77', 'count');
expectAll($print, 10, qr/^reply i0 200 ask 77 severity 2 stamp now$/,
    qr/^reply i1 3 ask 77 severity 0 no stamp$/,
    qr/^reply sequence 2001 ask 77 /, qr/^reply commit 2001 ask 77 /,
    qr/^reply sample "\Q$bytes\E" ask 77 /, qr/^reply element "Fe" ask 77 /);

$ioc->say('dbpf T:Element 2', 'dbpf T:Edge "L 3"', 'dbpf T:Sample ""');
expectAll($print, 10, qr/^value element "Zn" severity 0 stamp now$/,
    qr/^value edge "L 3" /, qr/^value sample "" /);

$ioc->end('KILL');
expectAll($print, 20, map { qr/^disconnect $_$/ }
    qw(energy i0 i1 commit sequence active sample formula element edge));
$print->say('get i0 78', 'count');
is($print->expect(qr/^(count|reply)/),
    'count expected 10 connected 0 reconnects 0', 'no answer without IOC');
$ioc = startIoc();
# libca looks again after up to 10 s.  It names a server by its address until
# the name is known, so the first to connect may count as on another server:
# the careful side, their clocks are then compared with more tolerance.
expectAll($print, 40, (map { qr/^connect $_ server [12]$/ }
    qw(energy i0 i1 commit sequence active sample formula element edge)),
    @first, qr/^value sample "" /);
$ioc->say('dbpf T:I0 6');
is($print->expect(qr/^value i0/), 'value i0 6 severity 0 stamp now',
    'alive again');
$print->say('count');
is($print->expect(qr/^count/),
    'count expected 10 connected 9 reconnects 9', 'reconnects are counted');
is($print->finish, 0, 'stops');

# Arrays: of any number type, as long as they are now, one by one; those beside
# a scalar only when asked for.  What the user allows his clients is not enough
# for the largest, and raised.
$ENV{EPICS_CA_AUTO_ARRAY_BYTES} = 'NO';
$ENV{EPICS_CA_MAX_ARRAY_BYTES} = 16384;
my $arrays = launch('./channelPrint', qw(energy[]=T:Wave i0[]=T:Long
    i1[]=T:Float angle=T:Never fluor=T:Det fluor[final]=T:Long sequence=T:Point
    tey[final]=T:Never2));
expectAll($arrays, 20, qr/MAX_ARRAY_BYTES raised from 16384 to 801000$/,
    qr/xasd: TEST: angle T:Never has units 'mrad', configured is degrees$/,
    (map { qr/^connect $_\[\] server/ } qw(energy i0 i1 fluor)),
    qr/^connect fluor server/, qr/^value fluor 1 .* initial$/,
    qr/^value energy\[\] 0 severity 3 no stamp initial$/,
    qr/^value i0\[\] 3: 3 \.\.\. 5 severity 3 no stamp initial$/,
    qr/^value i1\[\] 2: 0\.5 \.\.\. -0\.25 .* initial$/);
$arrays->say('arrays energy,fluor,tey 5', 'get fluor 6', 'get i0 7',
    'missing', 'count');
expectAll($arrays, 10, qr/^reply energy\[\] 0 ask 5 /,
    qr/^reply fluor\[\] 3: 3 \.\.\. 5 ask 5 /, qr/^reply fluor 1 ask 6 /,
    qr/^reply i0\[\] 3: 3 \.\.\. 5 ask 7 /,
    qr/^missing 1: tey T:Never2 \(array\)$/,
    qr/^count expected 8 connected 7 reconnects 0$/);
delete @ENV{qw(EPICS_CA_AUTO_ARRAY_BYTES EPICS_CA_MAX_ARRAY_BYTES)};
for my $n (333, 19990, 1) {
    XasWire::run(XasWire::baseProgram('caput'), '-t', '-a', 'T:Wave', $n,
        map { 7000 + $_ } 1 .. $n);
    is($arrays->expect(qr/^value energy/), sprintf('value energy[]%s severity '
        . '0 stamp now', " $n: 7001 ... " . (7000 + $n)), "an array of $n");
}
is($arrays->finish, 0, 'stops');
$ioc->end;

# An IOC that may not send so much.
my $small = File::Temp->new(SUFFIX => '.db');
print $small 'record(histogram, "S:Wave") { field(NELM, "3000") }',
    'record(waveform, "S:Short") { field(NELM, "2") field(INP, [1,2]) ',
    'field(FTVL, "DOUBLE") }', "\n"; # a histogram is always full
close $small;
{
    local @ENV{qw(EPICS_CA_AUTO_ARRAY_BYTES EPICS_CA_MAX_ARRAY_BYTES
        EPICS_CAS_SERVER_PORT)} = ('NO', 16384, $smallPort);
    $ioc = startIoc("$small");
}
my $refused = launch('./channelPrint', 'i0[]=S:Wave', 'i1[]=S:Short',
    'tey[final]=S:Wave');
expectAll($refused, 20, qr/^value i1\[\] 2: 1 \.\.\. 2 /,
    qr/xasd: TEST: the IOC of S:Wave cannot send its 3000 elements: set EPICS_CA_MAX_ARRAY_BYTES=24100 in that IOC$/);
$refused->say('arrays tey 8');
is($refused->expect(qr/^reply/), 'reply tey[] nan ask 8 severity 3 no stamp',
    'a get of it fails, but has an answer');
is($refused->finish, 0, 'stops');

# A line about a hundred PVs stays one.
my $many = launch('./channelPrint', 'i0=N:0',
    map({ "fluor$_=N:FluorescenceDetectorElement$_" } 1 .. 19));
$many->say('missing');
like($many->expect(qr/^missing/),
    qr/^missing 20: i0 N:0, fluor1 N:Fl\S+1, .*Element\d+ and \d+ more$/,
    'a list of many is cut at a whole name');
is($many->finish, 0, 'stops');
done_testing();
