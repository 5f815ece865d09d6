# SPDX-License-Identifier: BSD-3-Clause
# Processes for wire tests: on loopback, on ports of their own, and ended by
# their ids, however the test ends.
package XasWire;
use strict;
use warnings;
use Exporter 'import';
use IO::Handle;
use IO::Select;
use IO::Socket::INET;
use IPC::Open3;
use Time::HiRes qw(time);
our @EXPORT_OK = qw(base baseProgram freePort wireEnvironment launch program
    run caput caget);

my @running;
$SIG{PIPE} = 'IGNORE'; # a test tells that a process is gone, and goes on

# EPICS Base as make knows it, else as configure/ says; undef if neither.
sub base {
    local $_;
    return $ENV{EPICS_BASE} if $ENV{EPICS_BASE};
    for my $name (qw(RELEASE.local RELEASE)) {
        open my $in, '<', "../../configure/$name" or next;
        while (<$in>) {
            return $1 if /^\s*EPICS_BASE\s*=\s*(\S+)/ && -d $1;
        }
    }
    return;
}

# A program of Base; undef if it is not there.
sub baseProgram {
    my ($name) = @_;
    my $base = base() or return;
    my $arch = $ENV{EPICS_HOST_ARCH} || 'linux-x86_64';
    my $path = "$base/bin/$arch/$name";
    return -x $path ? $path : undef;
}

# One of ours.
sub program {
    my ($name) = @_;
    my ($path) = glob "../../build/bin/*/$name";
    return $path;
}

# Free for both TCP and UDP a moment ago.
sub freePort {
    for (1 .. 100) {
        my $tcp = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
            LocalPort => 0, Proto => 'tcp', Listen => 1) or next;
        my $port = $tcp->sockport;
        next if $port <= 5000;
        my $udp = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
            LocalPort => $port, Proto => 'udp') or next;
        return $port;
    }
    die "no free port\n";
}

# Clients search on these server ports; nothing leaves this host.
sub wireEnvironment {
    my (@ports) = @_;
    my $repeater = freePort();
    $ENV{EPICS_CA_AUTO_ADDR_LIST} = 'NO';
    $ENV{EPICS_CA_ADDR_LIST} = join ' ', map { "127.0.0.1:$_" } @ports;
    $ENV{EPICS_CA_REPEATER_PORT} = $repeater;
    $ENV{EPICS_CAS_BEACON_PORT} = $repeater;
    $ENV{EPICS_CAS_INTF_ADDR_LIST} = '127.0.0.1';
    $ENV{EPICS_CAS_AUTO_BEACON_ADDR_LIST} = 'NO';
    $ENV{EPICS_CAS_BEACON_ADDR_LIST} = '127.0.0.1';
    $ENV{EPICS_CAS_SERVER_PORT} = $ports[0] if @ports;
    # else libca starts one of its own, which outlives the test
    return launch(baseProgram('caRepeater'));
}

# Start a program; its output (both) is read by expect().
sub launch {
    my @command = @_;
    my $self = bless { buffer => '', seen => [] }, __PACKAGE__;
    $self->{pid} = open3($self->{in}, $self->{out}, undef, @command);
    $self->{in}->autoflush(1);
    $self->{select} = IO::Select->new($self->{out});
    push @running, $self;
    return $self;
}

sub say {
    my ($self, @lines) = @_;
    print { $self->{in} } map { "$_\n" } @lines;
}

# Next line, or undef when it takes longer or the program has ended.
sub line {
    my ($self, $seconds) = @_;
    my $until = time + $seconds;
    while ($self->{buffer} !~ /\n/) {
        my $left = $until - time;
        return if $left <= 0 || !$self->{select}->can_read($left);
        sysread $self->{out}, $self->{buffer}, 65536, length $self->{buffer}
            or return;
    }
    $self->{buffer} =~ s/^(.*?)\n//;
    push @{ $self->{seen} }, $1;
    return $1;
}

# The first line that matches, those before it are skipped.
sub expect {
    my ($self, $pattern, $seconds) = @_;
    my $until = time + ($seconds // 20);
    while (defined(my $line = $self->line($until - time))) {
        return $line if $line =~ $pattern;
    }
    return;
}

# Number of lines passed over since the last look; for diagnosis.
sub seen {
    my ($self) = @_;
    return splice @{ $self->{seen} };
}

sub end {
    my ($self, $signal) = @_;
    return unless $self->{pid};
    kill $signal // 'TERM', $self->{pid};
    waitpid $self->{pid}, 0;
    $self->{status} = $?;
    $self->{pid} = undef;
    return $self->{status};
}

# Wait for it to end by itself.
sub finish {
    my ($self, $seconds) = @_;
    close $self->{in};
    1 while defined $self->line($seconds // 20);
    return $self->end('KILL') if $self->{select}->can_read(0) == 0;
    waitpid $self->{pid}, 0;
    $self->{pid} = undef;
    return $self->{status} = $?;
}

# A command to its end: (exit status, output).
sub run {
    my $self = launch(@_);
    my $status = finish($self, 60);
    return ($status & 127 ? "signal $status" : $status >> 8,
        join "\n", seen($self));
}

# True when the put has been carried out, and all that follows from it: -c.
# Long texts go as arrays of characters.
sub caput {
    my ($pv, $value, $seconds) = @_;
    my @to = length $value > 39 ? ('-S', "$pv.VAL\$") : ($pv);
    my ($status) = run(baseProgram('caput'), '-t', '-c', '-w',
        $seconds // 20, @to, $value);
    return $status eq '0';
}

# The value alone, all digits; undef without an answer.
sub caget {
    my ($pv) = @_;
    my ($status, $text) = run(baseProgram('caget'), '-t', '-w', 10, '-g', 17,
        $pv =~ /\$$/ ? '-S' : (), $pv);
    return $status eq '0' ? $text : undef;
}

END {
    my $status = $?;
    $_->end('KILL') for grep { $_->{pid} } reverse @running;
    $? = $status;
}

1;
