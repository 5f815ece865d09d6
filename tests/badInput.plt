#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# What a user may get wrong: the daemon ends with status 1 and one line that
# says what and where, or goes on and says what it waits for.
use strict;
use warnings;
use lib '..';
use Test::More;
use XasBeamline;

my $b = XasBeamline->new;
my $work = $b->{work};
my $st_cmd = "$b->{top}/iocBoot/iocxasd/st.cmd";

sub read_text {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!\n";
    local $/;
    return <$in>;
}

sub write_text {
    my ($name, $text) = @_;
    open my $out, '>', "$work/$name" or die "$work/$name: $!\n";
    print $out $text;
    close $out or die "$work/$name: $!\n";
    return "$work/$name";
}

# A program to its end: exit status, or the signal; what it said.  Standard
# input comes from a file: a program that ends early breaks no pipe of ours.
sub outcome {
    my ($input, @command) = @_;
    local $ENV{EPICS_CAS_SERVER_PORT} = $b->{xasd_port};
    my $stdin = write_text('stdin', $input);
    my $text = $b->run('sh', '-c', 'in=$1; shift; timeout 60 "$@" <"$in"',
                       'sh', $stdin, @command);
    return ($? & 127 ? 'signal ' . ($? & 127) : $? >> 8, $text);
}

# Its own lines, but for the last, which points at them.
sub complaints {
    return grep { /^(?:sevr=\w+ )?xasd: / && !/ failed, see above$/ }
           split /\n/, $_[0];
}

# The start is refused: status 1, and one line.
sub refused {
    my ($what, $line, %option) = @_;
    local %ENV = (%ENV, %{$option{env} || {}});
    my ($status, $text) = outcome('', 'xasd', $option{script} || $st_cmd);
    my @said = complaints($text);
    ok($status eq '1' && @said == 1 && $said[0] =~ $line, $what)
        or diag "status $status, said:\n$text\nexpected $line";
}

# The configuration with one thing changed; the line of the change is
# expected in front.
my $conf = read_text("$b->{top}/etc/xasd.conf");

sub refused_conf {
    my ($what, $from, $to, $line) = @_;
    my $text = $conf;
    my $found = $text =~ s/$from/\cA$to/;
    ok($found, "$what: there is something to change") or return;
    my ($before) = $text =~ /^(.*)\cA/s;
    my $number = 1 + ($before =~ tr/\n//);
    $text =~ s/\cA//;
    my $file = write_text('bad.conf', $text);
    $line =~ s/^LINE/$number/;
    refused($what, qr/^xasd: \Q$file\E:$line/, env => { XASD_CONF => $file });
}

# Usage.
my ($status, $text) = outcome('', 'xasd');
is($status, 2, 'no argument: status 2');
like($text, qr/\Ausage: xasd .*st\.cmd$/m, 'and how it is used');
($status, $text) = outcome('', 'xasd', '--nonsense', $st_cmd);
is($status, 2, 'an unknown option: status 2');
like($text, qr/nonsense.*usage: xasd/s, 'named, with the usage');
($status, $text) = outcome('', 'xasd', '-V');
like("$status $text", qr/\A0 xasd \d+\.\d+\.\d+\n\z/, '-V: the version');
($status, $text) = outcome('', 'xasd', '-h');
like("$status $text", qr/\A0 usage: xasd /, '-h: the usage, status 0');

# Configuration.
refused_conf('an unknown key', 'journal_points = 25', 'journal_pionts = 25',
    'LINE: journal_pionts: unknown key, expected perhaps journal_points');
refused_conf('an unknown key of a station', 'energy_unit =', 'energy_units =',
    'LINE: stations\[0\]\.energy_units: unknown key, expected perhaps energy_unit');
refused_conf('a wrong type', 'journal_points = 25', 'journal_points = "many"',
    'LINE: journal_points: expected a whole number from 1 to 1000$');
refused_conf('out of range', 'journal_s = 0\.5', 'journal_s = 0.001',
    'LINE: journal_s: expected a number from 0\.05 to 60$');
refused_conf('a key twice', 'join_days = 0;', 'no_join = [];',
    'LINE: no_join = \[\];: key given twice, expected once$');
refused_conf('no such word', '"transmission";', '"transmision";',
    q{LINE: stations\[0\]\.detection: 'transmision', expected one of: .*});
refused_conf('a syntax error', 'prefix = "XASD:";', 'prefix : ;', '\d+: .*');
refused_conf('an unknown role', 'fluor    =', 'flour    =',
    'LINE: stations\[0\]\.pv\.flour: unknown role, expected one of: energy.*');
refused_conf('no PV for what is needed', 'i1       = "BL5S1:I1";', '',
    '\d+: stations\[0\]\.pv\.i1: missing, expected a PV for it: .*');
refused_conf('one PV for two roles', '"BL5S1:I1"', '"BL5S1:I0"',
    q{LINE: stations\[0\]\.pv\.i1: 'BL5S1:I0' is also given as i0, .*});
refused_conf('one name for two stations', 'name = "BL1N2"', 'name = "BL5S1"',
    q{\d+: stations\[1\]\.name: 'BL5S1' is also stations\[0\], .*});
refused_conf('one prefix for two stations', 'prefix = "BL1N2:"',
    'prefix = "BL5S1:"',
    q{\d+: stations\[1\]\.prefix: prefix and record give 'BL5S1:XASD:' .*});
refused_conf('a variable that is not set', '\$\{XASD_DATABASE:-xasd\.db\}',
    '${NO_SUCH_NAME}/xasd.db',
    'LINE: database: \$\{NO_SUCH_NAME\} is not set, .*');
refused('no configuration',
    qr{^xasd: \Q$work\E/none\.conf: No such file or directory$},
    env => { XASD_CONF => "$work/none.conf" });
refused('a folder as configuration', qr{^xasd: \Q$work\E: not a regular file$},
    env => { XASD_CONF => $work });

# Database.
sub refused_database {
    my ($what, $path, $line) = @_;
    refused($what, qr/^xasd: \Q$path\E: $line$/,
            env => { XASD_DATABASE => $path });
}

refused_database('a database below a folder that is none',
    "$work/none/xasd.db",
    'cannot open the database: No such file or directory');
refused_database('a database below a file', write_text('file', '') . '/xasd.db',
    'cannot open the database: Not a directory');
refused_database('a folder as database', $work,
    'cannot open the database: Is a directory');
refused_database('no database', write_text('garbage', 'nonsense ' x 2000),
    'not a database of xasd \(file is not a database\)');
SKIP: {
    mkdir "$work/locked", 0555 or die "$work/locked: $!\n";
    skip 'permissions do not bind this user', 2
        if open my $try, '>', "$work/locked/try";
    refused_database('a folder that may not be written', "$work/locked/x.db",
        'cannot open the database: Permission denied');
    $b->run('sqlite3', "$work/readonly.db", 'CREATE TABLE t (x)');
    chmod 0444, "$work/readonly.db";
    refused_database('a file that may not be written', "$work/readonly.db",
        'the database is not writable');
}
$b->run('sqlite3', "$work/other.db", 'CREATE TABLE t (x)');
refused_database("another program's database", "$work/other.db",
    'a database, but not one of xasd');
$b->run('sqlite3', "$work/newer.db", 'CREATE TABLE t (x);
    PRAGMA application_id = 0x58415344; PRAGMA user_version = 99');
refused_database('a database of a newer xasd', "$work/newer.db",
    'has schema version 99, this program knows up to \d+: use a newer xasd');
is($b->run('sqlite3', "$work/newer.db", 'PRAGMA user_version;
    SELECT count(*) FROM sqlite_master'), "99\n1\n", 'which is left alone');
note 'a network file system needs one: see xasPlaceNetworkName in storeTest';

# Start-up script.
sub refused_script {
    my ($what, $from, $to, $line) = @_;
    my $text = read_text($st_cmd);
    ok($text =~ s/$from/$to/m, "$what: there is something to change");
    my $file = write_text('bad.cmd', $text);
    refused($what, $line, script => $file, env => { XASD_TOP => $b->{top} });
}

my $script = "$work/bad.cmd";
refused_script('no xasdConfigure', '^xasdConfigure.*', '',
    qr/^xasd: \Q$script\E: no xasdConfigure in it$/);
refused_script('no iocInit', '^iocInit', '',
    qr/^xasd: \Q$script\E: no iocInit in it$/);
refused_script('no file named', '^xasdConfigure.*', 'xasdConfigure()',
    qr/^xasd: xasdConfigure: name the configuration file$/);
refused_script('no templates', '/db"\)$', '/none")',
    qr/^xasd: xasdDaemon\.template: cannot be loaded .*EPICS_DB_INCLUDE_PATH/);
($status, $text) = outcome('', 'xasd', "$work/none.cmd");
is($status, 1, 'no start-up script: status 1');
like($text, qr{\Q$work\E/none\.cmd: No such file or directory}, 'named');

# Base itself says what is wrong with access security.
my %acf = ("$work/none.acf" => qr{Can't open file '\Q$work\E/none\.acf'},
           write_text('bad.acf', "ASG(DEFAULT) {\nRULE(1, REED)\n}\n")
               => qr/^Access rights must be .* at line 2$/m);
for my $acf (sort keys %acf) {
    local $ENV{XASD_ACF} = $acf;
    ($status, $text) = outcome('', 'xasd', $st_cmd);
    is($status, 1, 'access security cannot be read: status 1');
    like($text, $acf{$acf}, 'and it is said why');
    unlike($text, qr/xasd: ready/, 'nothing is served unprotected');
}

{
    local $ENV{XASD_TOP} = $b->{top};
    my $open = read_text($st_cmd);
    ok($open =~ s/^asSetFilename.*//m, 'no access security at all');
    my $file = write_text('bad.cmd', $open);
    ($status, $text) = outcome("exit\n", 'xasd', '-i', $file);
    like($text, qr/^sevr=major xasd: \Q$file\E: no asSetFilename in it: /m,
         'is said');
}

# A prompt.
($status, $text) = outcome("xasdReport 1\nexit\n", 'xasd', '-i', $st_cmd);
is($status, 0, 'exit at the prompt: status 0, however early');
like($text, qr/^BL5S1: .*^  energy    BL5S1:Energy$/ms,
     'xasdReport 1 names every PV');
SKIP: {
    my $pty = grep { -x "$_/script" } split /:/, $ENV{PATH};
    skip 'no script(1) for a terminal', 2 unless $pty;
    ($status, $text) = outcome("xasdReport 1\nexit\n", 'script', '-qec',
                               "xasd $st_cmd", '/dev/null');
    is($status, 0, 'a terminal gives a prompt by itself');
    like($text, qr/^BL1N2: .*^  tey       BL1N2:TEY\r?$/ms, 'which answers');
}

# PVs that are not there: named, waited for, used when they come.
my $waits = $conf;
$waits =~ s/"BL5S1:Comment"/"BL5S1:Coment"/ or die;
$waits =~ s/"BL1N2:TEY"/"BL1N2:TEYY"/ or die;
{
    local $ENV{XASD_CONF} = write_text('waits.conf', $waits);
    $b->start_xasd;
}
sub logged {
    my ($line) = @_;
    return $b->wait_for(sub { $b->log_of('xasd') =~ $line });
}
my $missing = 'energy BL5S1:Energy, i0 BL5S1:I0, .*, comment BL5S1:Coment';
ok(logged(qr/xasd: BL5S1: 12 of 12 PVs missing: $missing$/m),
   'every missing PV is in the log');
is($b->get('BL5S1:XASD:Scan:State'), 'disconnected', 'the station waits');

# Meanwhile a second daemon.
refused('a database in use',
        qr{^xasd: \Q$work\E/xasd\.db: another xasd is using this database, });
{
    local $ENV{XASD_DATABASE} = "$work/second.db";
    local $ENV{EPICS_CAS_SERVER_PORT} = $b->{xasd_port};
    $b->start(second => 'xasd', $st_cmd);
    ok($b->wait_for(sub { $b->log_of('second') =~ /xasd: ready/ }),
       'a port already taken: it goes on');
    like($b->log_of('second'),
         qr/^sevr=major xasd: TCP port $b->{xasd_port} is already taken/m,
         'and says so');
    is($b->stop('second'), 0, 'exit 0');
}

$b->start_sim;
ok(logged(qr/xasd: BL5S1: 1 of 12 PVs missing: comment BL5S1:Coment$/m),
   'the others come; the one that does not is named');
ok(logged(qr/xasd: BL1N2: 1 of 11 PVs missing: tey BL1N2:TEYY$/m),
   'at the other station, too');
is($b->get('BL1N2:XASD:Scan:State'), 'disconnected',
   'which waits for the signal it needs');
is($b->get('BL1N2:XASD:Ca:Missing.VAL$'), 'tey BL1N2:TEYY', 'as clients see');
is($b->get('BL5S1:XASD:Scan:State'), 'idle',
   'a station measures without a comment');
$b->put('BL5S1:Dwell', 0.002);
ok($b->measure('BL5S1', 'NiCl2'), 'a scan gives a result');
is($b->sql("SELECT exit, points = planned, lost FROM scan WHERE id = 1"),
   'complete|1|0', 'complete');
ok($b->measure('BL1N2', 'NiCl2'), 'a scan without its signal is kept');
is($b->sql("SELECT exit, points > 400, flagged = points FROM scan
            WHERE id = 2"), 'complete|1|1', 'with every point flagged');
is($b->get('BL1N2:XASD:Pred:State'), 'not computed', 'and gives no result');
is($b->stop('xasd'), 0, 'exit 0');
done_testing();
