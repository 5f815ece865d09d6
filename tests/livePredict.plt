#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# A model through the whole program: measured, trained, activated; then what
# clients see while a scan runs, when it ends, and when the partner edge comes.
use strict;
use warnings;
use lib '..';
use Test::More;
use XasBeamline;

my $b = XasBeamline->new;
ok($b->start_all, 'stations and daemon are up')
    or do { diag $b->log_of('xasd'); BAIL_OUT('nothing to test') };

# Eight halides at both stations; SYNTHETIC spectra.
my @halides = qw(FeF2 FeCl2 FeBr2 CoCl2 CoBr2 NiF2 NiCl2 CuCl2);
$b->put("$_:Dwell", 0.001) for 'BL5S1', 'BL1N2';
for my $sample (@halides) {
    $b->put("$_:Sample", $sample) for 'BL5S1', 'BL1N2';
    my $k = XasWire::launch('caput', '-w', 60, '-c', 'BL5S1:Start', 1);
    $b->put('BL1N2:Start', 1, $XasWire::patience);
    $k->finish($XasWire::patience);
}
ok($b->wait_for(sub { $b->sql("SELECT count(*) FROM scan
    WHERE state = 'closed'") == 2 * @halides }), 'measured');
$b->run('xasctl', '-d', "$b->{work}/xasd.db", 'reference', 'import',
    "$b->{top}/etc/halides.csv");
like($b->run('xasctl', '-d', "$b->{work}/xasd.db", qw(train --kind all
    --activate)), qr/SYNTHETIC/, 'trained');
ok($b->wait_for(sub { $b->get('BL1N2:XASD:Pred:State') ne 'no model' }),
    'the daemon has noticed');

my $p = 'BL5S1:XASD:Pred';
sub finite { return $_[0] =~ /^-?\d/ }

# A slow scan of a compound that is in no model, at the K station.
my $monitor = XasWire::launch('stdbuf', '-oL', 'camonitor', '-n',
    "$p:State", "$p:Commit");
$monitor->expect(qr/Commit/);
$b->put('BL5S1:Dwell', 0.02);
$b->put('BL5S1:Sample', 'FeCl3');
$b->run('caput', '-w', 5, 'BL5S1:Start', 1);
my $seen = $b->wait_for(sub { $b->get("$p:State") eq 'provisional' });
ok($seen, 'a provisional prediction while the scan runs');
is($b->get('BL5S1:XASD:Scan:State'), 'scanning', 'it does run');
my ($hf, $lo, $hi, $sample, $reason) = $b->get("$p:Hf", "$p:HfLo", "$p:HfHi",
    "$p:Sample.VAL\$", "$p:Reason.VAL\$");
ok(finite($hf) && $lo < $hf && $hf < $hi, "a number with its interval: $hf")
    or diag "$hf $lo $hi";
is($sample, 'FeCl3', 'of the sample that is measured');
like($reason, qr/still measured, \d+ points/, 'said in words');
ok($b->wait_for(sub {
    my ($severity, $why) = $b->get("$p:Hf.SEVR", "$p:Hf.AMSG");
    return $severity eq ($why =~ /^outside training/ ? 'MAJOR' : 'MINOR');
}), 'with its alarm, MAJOR where it extrapolates');
is($b->sql("SELECT count(*) FROM prediction WHERE state = 'provisional'"), 0,
    'not in the history');
my $number = $b->get('BL5S1:XASD:Scan:Number');
ok($b->wait_for(sub { $b->get("$p:Commit") eq $number }), 'the result');
my @lines;
while (defined(my $line = $monitor->line(0.5))) { push @lines, $line }
$monitor->end;
is(scalar(grep { /Commit\s.*\s$number\b/ } @lines), 1,
    'clients that wait for Pred:Commit are told once') or diag explain \@lines;
my $provisional = grep { /provisional/ } @lines;
ok($provisional <= 1, 'and the state changed once') or diag @lines;
like($b->get("$p:State"), qr/single edge|extrapolating|low quality/,
    'the final state');

# What speaks for it and against.
my ($spec, $comp, $delta, $limit, $slope, $near) = $b->get("$p:HfSpec",
    "$p:HfComp", "$p:Delta", "$p:DeltaLimit", "$p:dHfdE", "$p:NearestHf");
my $final = $b->get("$p:Hf");
ok(finite($comp) && abs($spec - $comp - $delta) < 1e-6 && $limit > 0,
    'the formula alone, and the difference');
is($spec, $final, 'the published value is that by the spectrum');
ok(finite($slope) && finite($near), 'slope and nearest sample');
ok((grep { $_ eq $b->get("$p:Nearest.VAL\$") } @halides),
    'a sample of the training');
like($b->get("$p:Because.VAL\$"), qr/^\w+ [+-]\d/, 'contributions in words');
is($b->get("$p:Basis"), 'kJ/mol, formula unit', 'what it is counted for');
is($b->sql("SELECT abs(hf_comp - $comp) < 1e-6 AND nearest <> ''
    FROM prediction ORDER BY id DESC LIMIT 1"), 1, 'kept in the history');

# The partner edge: the same number at both stations.
$b->put('BL1N2:Sample', 'FeCl3');
$b->put('BL1N2:Start', 1, $XasWire::patience);
ok($b->wait_for(sub {
    my @hf = $b->get("$p:Hf", 'BL1N2:XASD:Pred:Hf');
    @hf == 2 && finite($hf[0]) && $hf[0] eq $hf[1] && $hf[0] ne $final;
}), 'with both edges both stations show one value');

# A model of merged repeats: what is measured again counts with the first. It
# learns per metal atom, which Pred:Basis says.
like($b->run('xasctl', '-d', "$b->{work}/xasd.db", qw(train --kind all
    --repeats merge --target metal --name merged --activate
    --permutations 0)),
    qr/repeats merged/, 'trained on merged repeats');
ok($b->wait_for(sub { $b->get("$p:Model.VAL\$") =~ /^merged/ }), 'it predicts');
unlike($b->get("$p:Reason.VAL\$"), qr/scans merged/, 'one scan is no merge');
my $basis = 'kJ/mol, formula unit; by metal atom';
is($b->get("$p:Basis"), $basis, 'what its model learned by');
$b->put('BL5S1:Dwell', 0.002);
$b->put('BL5S1:Start', 1, $XasWire::patience);
ok($b->wait_for(sub {
    my @said = $b->get("$p:Reason.VAL\$", 'BL1N2:XASD:Pred:Reason.VAL$');
    return 2 == grep { /K: 2 of 2 scans merged/ } @said;
}), 'both stations say that two scans count');
my @k = $b->sql("SELECT group_concat(scan) FROM merge_scan WHERE merge =
    (SELECT k_merge FROM prediction ORDER BY id DESC LIMIT 1)");
is($k[0], $b->sql("SELECT group_concat(scan) FROM good_scan WHERE edge = 'K' AND
    sample = (SELECT id FROM sample WHERE name = 'FeCl3')"),
    'the history knows which');
is($b->sql('SELECT count(*) FROM merge'), 1, 'one merge for both');

# xasctl joins as the daemon does.
is($b->sql("SELECT group_concat(key || ' ' || value, ', ') FROM (SELECT * FROM
    setting WHERE station = '' ORDER BY key)"),
    'join_days 0, no_join 01 foil, no_join 02 test, no_join 03 dark',
    'how samples are joined is kept');

# How old it is: since its last point.
my $stamp = $b->sql("SELECT stamp FROM (SELECT max(id), end_ns / 1e9 AS stamp
    FROM scan WHERE station = 'BL5S1')");
sub right_age {
    my $age = $b->get("$p:Age");
    return finite($age) && 3600 * $age <= time - $stamp + 1;
}
my $age = $b->get("$p:Age");
ok(right_age(), "age $age h");
ok($b->wait_for(sub { $b->get("$p:Age") > $age && right_age() }),
    'which grows while nothing else happens');

# After a restart the evidence is there, too.
my @before = $b->get("$p:Hf", "$p:HfComp", "$p:Delta", "$p:dHfdE",
    "$p:Leverage");
is($b->stop('xasd'), 0, 'exit 0');
my $stopped = time;
$b->start_xasd;
ok($b->wait_connected, 'started again');
is($b->get("$p:Basis"), $basis, 'what it was counted for');
is_deeply([$b->get("$p:Hf", "$p:HfComp", "$p:Delta", "$p:dHfdE",
    "$p:Leverage")], \@before, 'all as before');
$age = $b->get("$p:Age");
ok(right_age() && 3600 * $age >= $stopped - $stamp - 1, "and $age h old");

# Rejected: so it stays after a restart, when the other edge asks for it again.
$b->put('BL1N2:XASD:Ctl:Reject', 1);
ok($b->wait_for(sub { $b->get('BL1N2:XASD:Pred:Reason.VAL$') =~ /rejected/
    && $b->get("$p:Reason.VAL\$") =~ /K edge only/ }),
    'the L scan is rejected, K stands alone');
is($b->stop('xasd'), 0, 'exit 0');
$b->start_xasd;
ok($b->wait_connected, 'started again');
my $last = $b->sql("SELECT max(id) FROM prediction");
$b->put('BL1N2:XASD:Ctl:Reprocess', 1);
ok($b->wait_for(sub { $b->sql("SELECT max(id) FROM prediction") > $last }),
    'predicted again');
is($b->sql("SELECT state || ': ' || reason FROM prediction ORDER BY id DESC
    LIMIT 1"),
    'not computed: scan rejected by the operator', 'it is still rejected');

# Not yet 5 points behind E_r + 40 eV, where a finished scan of this length has
# no step: it waits there for as long as it is looked at.
my (undef, @energy) = split ' ', $b->run('caget', '-t', '-f', 2, '-w', 5,
    'BL5S1:TruthE');
my $held = (grep { $energy[$_] > 7112 + 28 } 0 .. $#energy)[0];
cmp_ok($energy[$held], '<', 7112 + 40, "held at $energy[$held] eV");
$b->put('BL5S1:Fault:PauseAt', $held);
$b->put('BL5S1:Fault:PauseS', 600);
$b->run('caput', '-w', 5, 'BL5S1:Start', 1);
ok($b->wait_for(sub { $b->get("$p:State") eq 'provisional' }),
    'a provisional prediction before E_r + 40 eV');
($hf, $lo, $hi, $reason) = $b->get("$p:Hf", "$p:HfLo", "$p:HfHi",
    "$p:Reason.VAL\$");
my ($points) = $reason =~ /still measured, (\d+) points/;
cmp_ok($energy[($points || @energy) - 1], '<', 7112 + 40,
    'of points below it') or diag $reason;
ok(finite($hf) && $lo < $hf && $hf < $hi, "$hf, $lo to $hi");
unlike($reason, qr/not in this database/, 'by the training spectra cut alike');
$b->put('BL5S1:Stop', 1);
$b->put('BL5S1:Fault:PauseAt', -1);
ok($b->wait_for(sub { $b->get("$p:State") eq 'not computed' }),
    'ended there it has none');
my $flags = $b->sql('SELECT flags FROM spectrum ORDER BY scan DESC LIMIT 1');
ok($flags =~ /no_post_edge/ && $flags !~ /provisional_step/, $flags);
is($b->stop('xasd'), 0, 'exit 0');
done_testing();
