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
use POSIX ':sys_wait_h';
use Time::HiRes qw(sleep time);
our @EXPORT_OK = qw(base baseProgram freePort freePorts wireEnvironment launch
    background program run caput caget waitFor);

# Long enough for a loaded machine; nothing waits so long unless it fails.
our $patience = 60;

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

# So many ports, free for both TCP and UDP a moment ago.
sub freePorts {
    my ($n) = @_;
    my (@keep, @port); # kept until all are found, so that no two are one
    while (@port < $n) {
        my $tcp = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
            LocalPort => 0, Proto => 'tcp', Listen => 1) or die "port: $!\n";
        push @keep, $tcp;
        my $port = $tcp->sockport;
        next if $port <= 5000;
        my $udp = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
            LocalPort => $port, Proto => 'udp') or next;
        push @keep, $udp;
        push @port, $port;
    }
    return @port;
}

sub freePort { return (freePorts(1))[0] }

# Clients search on these server ports; nothing leaves this host, and what the
# user has set does not come in.
sub wireEnvironment {
    my (@ports) = @_;
    my $repeater = freePort();
    delete @ENV{ grep { /^(EPICS_(CA|CAS|PVA|PVAS)_|XASD_(CONF|DATABASE|TOP|ACF)$)/ }
        keys %ENV };
    $ENV{EPICS_CA_AUTO_ADDR_LIST} = 'NO';
    $ENV{EPICS_CA_ADDR_LIST} = join ' ', map { "127.0.0.1:$_" } @ports;
    $ENV{EPICS_CA_REPEATER_PORT} = $repeater;
    $ENV{EPICS_CAS_BEACON_PORT} = $repeater;
    $ENV{EPICS_CAS_INTF_ADDR_LIST} = '127.0.0.1';
    $ENV{EPICS_CAS_AUTO_BEACON_ADDR_LIST} = 'NO';
    $ENV{EPICS_CAS_BEACON_ADDR_LIST} = '127.0.0.1';
    $ENV{EPICS_CAS_SERVER_PORT} = $ports[0] if @ports;
    # Where libca finds none it starts one of its own, which outlives the test.
    my $running = launch(baseProgram('caRepeater'));
    waitFor(sub { udpTaken($repeater) }) or die "caRepeater does not start\n";
    return $running;
}

# Asked of the kernel: a trial to bind the port would take it from its owner.
sub udpTaken {
    my $port = sprintf ':%04X', $_[0];
    open my $in, '<', '/proc/net/udp' or return 1;
    return scalar grep { (split)[1] =~ /$port$/ } <$in>;
}

# Ask until it is true, up to a deadline.  False when it never was.
sub waitFor {
    my ($ask, $seconds) = @_;
    my $until = time + ($seconds // $patience);
    until ($ask->()) {
        return 0 if time > $until;
        sleep 0.02;
    }
    return 1;
}

# Start a program whose output goes to a file, and which nobody talks to.
sub background {
    my ($log, @command) = @_;
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', $log;
        open STDERR, '>&', \*STDOUT;
        exec @command or print "$command[0]: $!\n";
        POSIX::_exit(127); # END is the parent's
    }
    my $self = bless { pid => $pid, seen => [] }, __PACKAGE__;
    push @running, $self;
    return $self;
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

# Signal it and wait for its end: the wait status, that of KILL when it had to
# be.
sub end {
    my ($self, $signal) = @_;
    return unless $self->{pid};
    kill $signal // 'TERM', $self->{pid};
    return $self->_reap($patience) // do {
        kill 'KILL', $self->{pid};
        $self->_reap($patience);
    };
}

# Wait status of a process that ends by itself; undef if it does not.
sub _reap {
    my ($self, $seconds) = @_;
    my $ended = waitFor(sub { waitpid($self->{pid}, WNOHANG) }, $seconds);
    return unless $ended;
    $self->{pid} = undef;
    @running = grep { $_ != $self } @running; # a test may start thousands
    return $self->{status} = $?;
}

# No more input; wait for it to end by itself, or end it.
sub finish {
    my ($self, $seconds) = @_;
    my $until = time + ($seconds // 20);
    if ($self->{in}) {
        close $self->{in};
        1 while defined $self->line($until - time);
    }
    return $self->_reap($until - time) // $self->end('KILL');
}

# A command to its end: (exit status, output), errors among it.
sub run {
    my $self = launch(@_);
    my $status = finish($self, 2 * $patience);
    return ($status & 127 ? "signal $status" : $status >> 8,
        join '', map({ "$_\n" } seen($self)), $self->{buffer});
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

# The values alone, all digits, one for each PV; nothing unless all answer.
sub caget {
    my (@pv) = @_;
    my ($status, $text) = run('sh', '-c', 'exec "$@" 2>/dev/null', 'sh',
        baseProgram('caget'), '-t', '-w', 10, '-g', 17, '-S', '-F', '|', @pv);
    return if $status ne '0';
    my @value = $text =~ /^(.*)\n/mg;
    return wantarray ? @value : $value[0];
}

END {
    my $status = $?;
    my @left = reverse @running; # ending one takes it out of the other
    $_->end('KILL') for grep { $_->{pid} } @left;
    $? = $status;
}

1;
