# SPDX-License-Identifier: BSD-3-Clause
# A beamline for the wire tests: CA repeater, the simulated stations, the
# daemon with a database of its own, and its clients.  See XasWire for how they
# are started and ended.
package XasBeamline;
use strict;
use warnings;
use Cwd 'abs_path';
use File::Temp 'tempdir';
use XasWire;

# Tests run in tests/O.<arch>.
sub new {
    my ($class) = @_;
    my $top = abs_path('../..');
    my $xasd = XasWire::program('xasd') or die "no xasd in $top/build\n";
    my $caget = XasWire::baseProgram('caget') or die "no caget in EPICS Base\n";
    my $self = bless {
        top => $top,
        work => tempdir('xasdXXXXXX', TMPDIR => 1, CLEANUP => 1),
    }, $class;
    @$self{qw(sim_port xasd_port)} = XasWire::freePorts(2);
    XasWire::wireEnvironment(@$self{qw(sim_port xasd_port)});
    $ENV{PATH} = join ':', map({ abs_path($_ =~ s{/[^/]*$}{}r) } $xasd, $caget),
        $ENV{PATH};
    $ENV{XASD_DATABASE} = "$self->{work}/xasd.db";
    return $self;
}

# Start a program in the background; its output goes to work/NAME.log.
sub start {
    my ($self, $name, @command) = @_;
    $self->{process}{$name} =
        XasWire::background("$self->{work}/$name.log", @command);
}

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

sub wait_for { shift; return XasWire::waitFor(@_) }

sub pid { return $_[0]{process}{$_[1]}{pid} }

# End a process by a signal; its wait status.
sub stop {
    my ($self, $name, $signal) = @_;
    return $self->{process}{$name}->end($signal);
}

sub log_of {
    my ($self, $name) = @_;
    open my $in, '<', "$self->{work}/$name.log" or return '';
    local $/;
    return <$in> // '';
}

sub clear_log { unlink "$_[0]{work}/$_[1].log" }

# Output of a command; its status is in $?.
sub run {
    my ($self, @command) = @_;
    return (XasWire::run(@command))[1];
}

# Values, one per PV; '' for a PV that did not come.
sub get {
    my ($self, @pv) = @_;
    my @value = XasWire::caget(@pv);
    return wantarray ? @value : $value[0] // '';
}

sub put { shift; return XasWire::caput(@_) }

# "-a": stamp, value, alarm.
sub get_all {
    my ($self, $pv) = @_;
    chomp(my $line = $self->run('caget', '-a', '-w', 5, $pv));
    return $line;
}

sub sql {
    my ($self, $query) = @_;
    chomp(my $text = $self->run('sqlite3', '-batch', '-cmd', '.timeout 5000',
        $self->{database} || "$self->{work}/xasd.db", $query));
    return $text;
}

# One scan at a station; true when its result is stored.
sub measure {
    my ($self, $station, $sample) = @_;
    my $before = $self->sql('SELECT count(*) FROM prediction');
    $self->put("$station:Sample", $sample);
    $self->put("$station:Start", 1, $XasWire::patience);
    return $self->wait_for(sub {
        $self->sql('SELECT count(*) FROM prediction') > $before
    });
}

1;
