# SPDX-License-Identifier: BSD-3-Clause
# Real processes on loopback ports of their own, for the wire tests: a CA
# repeater, the simulated stations, the daemon, and clients.  All that was
# started is ended by its pid.
package XasBeamline;
use strict;
use warnings;
use Cwd 'abs_path';
use File::Temp 'tempdir';
use IO::Socket::INET;
use POSIX ':sys_wait_h';
use Time::HiRes 'time';

# Long enough for a loaded machine; nothing waits so long unless it fails.
our $patience = 60;

sub _free_ports {
    my ($n) = @_;
    my (@keep, @port);
    while (@port < $n) {
        my $tcp = IO::Socket::INET->new(Listen => 1, Proto => 'tcp',
                                        LocalAddr => '127.0.0.1') or die $!;
        my $udp = IO::Socket::INET->new(Proto => 'udp',
            LocalAddr => '127.0.0.1', LocalPort => $tcp->sockport) or next;
        push @keep, $tcp, $udp;
        push @port, $tcp->sockport;
    }
    return @port;
}

# Tests run in tests/O.<arch>.
sub new {
    my ($class) = @_;
    my $top = abs_path('../..');
    my ($arch) = abs_path('.') =~ m{O\.([^/]+)$} or die 'not in O.<arch>';
    my $bin = $ENV{XASD_BIN} || "$top/build/bin/$arch";
    my $base = $ENV{EPICS_BASE};
    if (!$base && open my $release, '<', "$top/configure/RELEASE.local") {
        while (<$release>) { $base = $1 if /^EPICS_BASE\s*=\s*(\S+)/ }
    }
    my $self = bless {
        top => $top, bin => $bin, base => "$base/bin/$arch", pid => {},
        work => tempdir('xasdXXXXXX', TMPDIR => 1, CLEANUP => 1),
    }, $class;
    @$self{qw(sim_port xasd_port repeater_port beacon_port)} = _free_ports(4);
    $self->_environment;
    return $self;
}

sub _environment {
    my ($self) = @_;
    my ($sim, $xasd) = @$self{qw(sim_port xasd_port)};
    delete @ENV{grep { /^(EPICS_(CA|CAS|PVA|PVAS)_|XASD_(CONF|DATABASE|TOP|ACF)$)/ } keys %ENV};
    $ENV{PATH} = "$self->{bin}:$self->{base}:$ENV{PATH}"
        if index($ENV{PATH}, "$self->{bin}:") != 0;
    $ENV{EPICS_CA_AUTO_ADDR_LIST} = 'NO';
    $ENV{EPICS_CA_ADDR_LIST} = "127.0.0.1:$sim 127.0.0.1:$xasd";
    $ENV{EPICS_CA_REPEATER_PORT} = $self->{repeater_port};
    $ENV{EPICS_CAS_INTF_ADDR_LIST} = '127.0.0.1';
    $ENV{EPICS_CAS_BEACON_PORT} = $self->{beacon_port};
    $ENV{EPICS_CAS_AUTO_BEACON_ADDR_LIST} = 'NO';
    $ENV{EPICS_CAS_BEACON_ADDR_LIST} = '127.0.0.1';
    $ENV{XASD_DATABASE} = "$self->{work}/xasd.db";
}

# Start a program in the background; its output goes to work/NAME.log.
sub start {
    my ($self, $name, @command) = @_;
    my $log = "$self->{work}/$name.log";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', $log;
        open STDERR, '>&', \*STDOUT;
        exec @command;
        die "$command[0]: $!\n";
    }
    $self->{pid}{$name} = $pid;
    return $pid;
}

sub start_repeater { $_[0]->start(caRepeater => 'caRepeater') }

sub start_sim {
    my ($self) = @_;
    local $ENV{EPICS_CAS_SERVER_PORT} = $self->{sim_port};
    $self->start(xassim => 'xassim', "$self->{top}/iocBoot/iocxassim/st.cmd");
}

sub start_xasd {
    my ($self) = @_;
    local $ENV{EPICS_CAS_SERVER_PORT} = $self->{xasd_port};
    $self->start(xasd => 'xasd', "$self->{top}/iocBoot/iocxasd/st.cmd");
}

# All of it, up to connected PVs.
sub start_all {
    my ($self) = @_;
    $self->start_repeater;
    $self->start_sim;
    $self->start_xasd;
    return $self->wait_connected;
}

sub wait_connected {
    my ($self) = @_;
    return $self->wait_for(sub {
        for my $p ('BL5S1', 'BL1N2') {
            my @n = $self->get("$p:XASD:Ca:Connected", "$p:XASD:Ca:Expected");
            return 0 unless @n == 2 && $n[0] ne '' && $n[0] eq $n[1];
        }
        return 1;
    });
}

# Ask until it is true, up to a deadline.  False when it never was.
sub wait_for {
    my ($self, $ask, $seconds) = @_;
    my $deadline = time + ($seconds || $patience);
    until ($ask->()) {
        return 0 if time > $deadline;
        select undef, undef, undef, 0.05;
    }
    return 1;
}

# Signal a process and wait for its end; its wait status, or undef.
sub stop {
    my ($self, $name, $signal) = @_;
    my $pid = delete $self->{pid}{$name} or return undef;
    kill $signal || 'TERM', $pid;
    my $status;
    my $ended = $self->wait_for(sub {
        my $done = waitpid $pid, WNOHANG;
        $status = $? if $done == $pid;
        return $done != 0;
    }, 30);
    return $status if $ended;
    kill 'KILL', $pid;
    waitpid $pid, 0;
    return undef;
}

# Wait for a process that ends by itself.
sub wait_end {
    my ($self, $name) = @_;
    my $pid = $self->{pid}{$name};
    my $status;
    $self->wait_for(sub {
        my $done = waitpid $pid, WNOHANG;
        $status = $? if $done == $pid;
        return $done != 0;
    }) and delete $self->{pid}{$name};
    return $status;
}

sub log_of {
    my ($self, $name) = @_;
    open my $in, '<', "$self->{work}/$name.log" or return '';
    local $/;
    return <$in> // '';
}

sub clear_log { unlink "$_[0]{work}/$_[1].log" }

sub run {
    my ($self, @command) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!";
    if (!$pid) {
        open STDERR, '>&', \*STDOUT;
        exec @command;
        die "$command[0]: $!\n";
    }
    local $/;
    my $text = <$out> // '';
    close $out;
    return $text;
}

# Values, one per PV; '' for a PV that did not come.
sub get {
    my ($self, @pv) = @_;
    open my $out, '-|', 'sh', '-c',
        'exec caget -t -S -g17 -F "|" -w 5 "$@" 2>/dev/null', 'sh', @pv
        or die $!;
    my @value = <$out>;
    close $out;
    chomp @value;
    return wantarray ? @value : $value[0] // '';
}

sub put {
    my ($self, $pv, $value) = @_;
    return $self->run('caput', '-w', 5, $pv, $value);
}

# "-a": stamp, value, alarm.
sub get_all {
    my ($self, $pv) = @_;
    my $line = $self->run('caget', '-a', '-w', 5, $pv);
    chomp $line;
    return $line;
}

sub sql {
    my ($self, $query) = @_;
    my $text = $self->run('sqlite3', '-batch', '-cmd', '.timeout 5000',
                          $self->{database} || "$self->{work}/xasd.db",
                          $query);
    chomp $text;
    return $text;
}

# One scan at a station; true when its result is stored.
sub measure {
    my ($self, $station, $sample) = @_;
    my $before = $self->sql('SELECT count(*) FROM prediction');
    $self->put("$station:Sample", $sample);
    $self->run('caput', '-c', '-w', $patience, "$station:Start", 1);
    return $self->wait_for(sub {
        $self->sql('SELECT count(*) FROM prediction') > $before
    });
}

sub DESTROY {
    my ($self) = @_;
    local ($?, $!);
    $self->stop($_) for keys %{$self->{pid}};
}

1;
