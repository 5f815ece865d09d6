#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# What goes wrong on a bad day, over real Channel Access: the database locked,
# deleted, replaced, claimed twice; models of another program; odd names.
use strict;
use warnings;
use lib '..';
use Test::More;
use XasBeamline;

my $b = XasBeamline->new;
my $db = "$b->{work}/xasd.db";

# This station has no sample PV: names come from clients.
my $conf = "$b->{work}/xasd.conf";
open my $in, '<', "$b->{top}/etc/xasd.conf" or die $!;
my $text = do { local $/; <$in> };
close $in;
$text =~ s/^\s*(sample|formula|comment)\s*=\s*"BL5S1:.*\n//mg;
open my $out, '>', $conf or die $!;
print $out $text;
close $out;
$ENV{XASD_CONF} = $conf;

ok($b->start_all, 'stations and daemon are up')
    or do { diag $b->log_of('xasd'); BAIL_OUT('nothing to test') };
$b->put("$_:Dwell", 0.0005) for 'BL5S1', 'BL1N2';
$b->put("$_:Sample", 'FeCl2') for 'BL5S1', 'BL1N2';

my $scans = 0;
sub closed { $b->sql("SELECT count(*) FROM scan WHERE state = 'closed'") }
sub scan {
    my ($station) = @_;
    $scans++;
    $b->run('caput', '-c', '-w', 30, "$station:Start", 1);
}
sub stored { $b->wait_for(sub { -e $db && closed() eq $scans }) }
sub said { my ($what) = @_; $b->wait_for(sub { $b->log_of('xasd') =~ $what }) }

# Names that clients give.
sub named {
    my ($name) = @_;
    $b->run('caput', '-w', 5, '-S', 'BL5S1:XASD:Ctl:Sample.VAL$', $name);
    scan('BL5S1');
    stored();
    return $b->sql('SELECT a.name FROM scan c LEFT JOIN sample a
                    ON a.id = c.sample ORDER BY c.id DESC LIMIT 1');
}
is(named("  a\tb\x01c \xc3\xa9\xff "), "a b c \xc3\xa9?",
   'control characters and broken UTF-8 are made harmless');
is(named('x' x 255), 'x' x 255, '255 bytes are kept');
is(named('%s'), '%s', 'as is text that looks like a format');

# A second daemon would take the running scans for left over.
sub second_refused {
    my ($when) = @_;
    my ($status, $said) = XasWire::run('timeout', 30, 'xasd',
        "$b->{top}/iocBoot/iocxasd/st.cmd");
    like($said, qr/xasd\.db: another xasd is using this database/,
         "a second daemon on the database is refused$when");
    is($status, 1, 'with exit status 1');
}
second_refused('');

# Locked: shown as unsaved (here: no model), stored once later.
sub lock_db {
    my $pid = open(my $lock, '|-', 'sqlite3', '-batch', $db) or die $!;
    $lock->autoflush(1);
    print $lock ".timeout 20000\nBEGIN IMMEDIATE;\n.shell touch $b->{work}/locked\n";
    $b->wait_for(sub { -e "$b->{work}/locked" });
    unlink "$b->{work}/locked";
    return $lock;
}
my $lock = lock_db();
scan('BL1N2');
ok($b->wait_for(sub { $b->get('BL1N2:XASD:Feat:L3E') =~ /^7\d\d\./ }, 10),
   'a locked database: features are shown all the same');
ok($b->wait_for(sub { $b->get('XASD:Db:State') eq 'busy' }), 'and it is said');
is($b->get('BL1N2:XASD:Scan:State'), 'idle', 'the loop lives');
close $lock;
ok(stored(), 'stored when the lock is gone');
is($b->sql('SELECT count(*) FROM scan GROUP BY uid HAVING count(*) > 1'), '',
   'once');

# A model of another program, activated: no number, but the scan is stored.
$b->sql("INSERT INTO model (name, kind, detection, synthetic, created,
         definitions, code, n, p, folds, alpha_fraction, correlation,
         max_missing, top, alpha_max, alpha, calibration)
         VALUES ('old', 'K', 'transmission', 0, '2020', 1, '0', 0, 0, 0,
         0, 0, 0, 0, 0, 0, 'none');
         INSERT INTO active_model (kind, model) SELECT 'K', id FROM model");
ok(said(qr/active model .*(not|cannot be) used/), 'an unusable model is named');
scan('BL5S1');
ok(stored(), 'and the scan stored without it');
is($b->stop('xasd'), 0, 'exit 0');
$b->clear_log('xasd');
$b->start_xasd;
ok($b->wait_connected, 'a start in spite of it');
is($b->get('BL5S1:XASD:Ctl:Sample.VAL$'), '%s', 'shows the name kept');
is($b->get('BL5S1:XASD:Ctl:Formula.VAL$'), '', 'and none where there is none');
is($b->get('BL1N2:XASD:Ctl:Sample.VAL$'), '', 'nor where a PV has it');
ok(said(qr/active model .*(not|cannot be) used/), 'which is said again');
is(() = $b->log_of('xasd') =~ /active model/g, 1, 'once');

# Deleted under the daemon: it still has all of it.
unlink $db, "$db-wal", "$db-shm";
scan('BL5S1');
ok(stored(), 'the database deleted: written again, with the new scan');
ok(said(qr/was deleted or moved away: written again/), 'and said');
is($b->sql('PRAGMA integrity_check'), 'ok', 'and sound');

# Replaced in mid-scan by a backup.
my $copy = "$b->{work}/copy.db";
$b->sql("VACUUM INTO '$copy'");
$b->put('BL1N2:Dwell', 0.003);
$b->run('caput', '-w', 5, 'BL1N2:Start', 1);
$scans++;
ok($b->wait_for(sub { ($b->get('BL1N2:XASD:Scan:Saved') || 0) >= 25 &&
    $b->get('BL1N2:XASD:Scan:State') eq 'scanning' }), 'a scan is journalled');
rename $copy, $db;
unlink "$db-wal", "$db-shm";
ok(said(qr/is another file than before/), 'replaced by a backup: said');
ok(stored(), 'the running scan is stored in the new one');
is($b->sql('SELECT exit, points = planned FROM scan ORDER BY id DESC LIMIT 1'),
   'complete|1', 'whole');
is($b->sql("PRAGMA integrity_check; SELECT count(*) FROM journal"), "ok\n0",
   'and that is sound');
second_refused(', which is not the one of the start');

# Stopped while the database takes nothing: who asks again is told, who insists
# gets the points in a file that can be imported.
$b->put('BL1N2:Dwell', 0.0005);
$lock = lock_db();
$b->run('caput', '-c', '-w', 30, 'BL1N2:Start', 1);
my $points = $b->get('BL1N2:XASD:Scan:Points');
kill 'TERM', $b->pid('xasd');
ok(said(qr/at most \d+ of \d+ events waited, 0 lost/), 'the loop has ended');
sub insist { kill 'TERM', $b->pid('xasd'); # not two before it can answer one
    $b->wait_for(sub { $b->log_of('xasd') =~ /still stopping/ }, 3) }
ok(insist() || insist() || insist(), 'a second SIGTERM ends nothing');
is($b->stop('xasd', 'INT'), 0, 'SIGINT does: exit 0');
close $lock;
my ($file) = $b->log_of('xasd') =~ /points not in .* are in (\S+\.xdi)/;
ok(defined $file && -s $file, 'the points are in a file');
like($b->run('xasctl', '-d', $db, 'import', $file // 'none'), qr/FeCl2/,
     'which can be imported');
is($b->sql('SELECT points FROM scan ORDER BY id DESC LIMIT 1'), $points,
   'whole');
done_testing();
