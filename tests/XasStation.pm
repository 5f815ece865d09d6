# SPDX-License-Identifier: BSD-3-Clause
# Simulated stations for wire tests, and a client that notes all they post.
package XasStation;
use strict;
use warnings;
use File::Temp qw(tempdir);
use Time::Local qw(timegm);
use XasWire qw(baseProgram freePort wireEnvironment launch background program
    caput caget waitFor);

# Start xassim with these lines of st.cmd, and what follows iocInit.
sub new {
    my ($class, $lines, $after) = @_;
    my $self = bless {
        dir => tempdir('stationXXXXXX', TMPDIR => 1, CLEANUP => 1)
    }, $class;
    wireEnvironment(freePort());
    $ENV{TZ} = 'UTC';
    open my $out, '>', "$self->{dir}/st.cmd" or die "st.cmd: $!\n";
    print $out "on error break\nvar dbThreadRealtimeLock 0\n$lines\niocInit\n",
        $after // '';
    close $out or die "st.cmd: $!\n";
    $self->{sim} = launch(program('xassim'), '-i', "$self->{dir}/st.cmd");
    $self->{sim}->expect(qr/^xassim: ready/)
        or die join("\n", 'xassim does not start:', $self->{sim}->seen), "\n";
    $self->{sim}->seen;
    return $self;
}

sub end { return $_[0]{sim}->end('TERM') }

# Settings by the station's own shell: dozens of them at once, where a caput
# each would take seconds.
sub set {
    my ($self, $p, %value) = @_;
    my $mark = 'set' . ++$self->{sets};
    $self->{sim}->say((map { qq{dbpf("$p$_","$value{$_}")} } sort keys %value),
        "echo $mark");
    $self->{sim}->expect(qr/$mark\s*$/) or die "cannot set @{[%value]}\n";
    my ($wrong) = grep { /not found|Error|error/ } $self->{sim}->seen;
    die "$wrong\n" if $wrong;
}

# Begin to note what these PVs post, in a file: a pipe that nobody empties
# would hold up the client.
sub watch {
    my ($self, @pvs) = @_;
    my $log = "$self->{dir}/monitor" . $self->{logs}++;
    my $client = background($log, 'stdbuf', '-oL', baseProgram('camonitor'),
        '-n', '-g17', @pvs);
    waitFor(sub { keys %{ { map { $_->{pv} => 1 } read_log($log) } } == @pvs })
        or die "not all of @pvs came\n";
    return { log => $log, client => $client, skip => scalar @pvs,
        count => scalar @pvs };
}

# One event for each line: pv, time (its stamp in seconds since 1970, undef for
# none), value or array, severity.
sub read_log {
    my ($log) = @_;
    open my $in, '<', $log or return;
    my @events;
    while (my $line = <$in>) {
        last unless $line =~ /\n$/; # not yet whole
        my ($pv, @rest) = split ' ', $line;
        my %event = (pv => $pv, severity => 'NO_ALARM');
        if ($rest[0] eq '<undefined>') { shift @rest }
        else { $event{time} = seconds(splice @rest, 0, 2) }
        if (@rest > 2 && $rest[-1] =~ /^(MINOR|MAJOR|INVALID)$/) {
            $event{severity} = $1;
            splice @rest, -2;
        }
        next if "@rest" =~ /\*\*\*/; # not connected
        $event{value} = $rest[0];
        $event{array} = [@rest[1 .. $#rest]] if @rest > 1;
        push @events, \%event;
    }
    return @events;
}

# The client prints UTC, see below.
my %day;

sub seconds {
    my ($date, $time) = @_;
    my ($year, $month, $day) = split /-/, $date;
    my ($hour, $minute, $second) = split /:/, $time;
    return if !defined $second; # "*** Not connected"
    $day{$date} //= timegm(0, 0, 0, $day, $month - 1, $year);
    return $day{$date} + $hour * 3600 + $minute * 60 + $second;
}

# All that has come since, without the values of the beginning; their prefix is
# taken off.
sub events {
    my ($self, $watch, $p) = @_;
    my @events = read_log($watch->{log});
    splice @events, 0, $watch->{skip};
    $_->{pv} =~ s/^\Q$p\E// for @events;
    return @events;
}

# Settings, a scan, and what these PVs posted until Busy fell; the put with
# callback must return.
sub scan {
    my ($self, $p, $set, @pvs) = @_;
    $self->set($p, %$set);
    my $watch = $self->watch(map { "$p$_" } @pvs, 'Busy');
    my $answer = caput("${p}Start", 1, 120) or die "Start: no answer\n";
    my @events;
    waitFor(sub {
        @events = $self->events($watch, $p);
        return grep { $_->{pv} eq 'Busy' && $_->{value} == 0 } @events;
    }) or die "the scan has no end\n";
    # What follows Busy has been posted when the put returns.
    my $n = -1;
    waitFor(sub {
        my $last = $n;
        @events = $self->events($watch, $p);
        return $last == ($n = @events);
    });
    $watch->{client}->end('TERM');
    return grep { $_->{pv} ne 'Busy' } @events;
}

# Values of one PV, in their order.
sub values_of {
    my ($pv, @events) = @_;
    return map { $_->{value} } grep { $_->{pv} eq $pv } @events;
}

# All faults off, and the defaults of a short, exact scan.
my @off = (map({ ("Fault:${_}At" => -1) } qw(Pause Invalid Nan Dump TopUp
        Duplicate Back Late Burst Abort Hold Glitch)),
    map({ ("Fault:${_}N" => 0) } qw(Dump Stamp Late Burst Hold)),
    map({ ("Fault:${_}N" => 1) } qw(Invalid Nan TopUp Duplicate Back Glitch)));

sub plain {
    my ($self, $p, %more) = @_;
    $self->set($p, @off, 'Fault:Stamp' => 0, 'Fault:Channel' => 0,
        'Fault:Empty' => 0, 'Fault:NoGap' => 0, 'Fault:DeadElement' => 0,
        'Fault:StampAt' => 0, Mode => 'Step', Points => 0,
        Resample => 40, Sweeps => 1, Noise => 0, Dwell => 0.002, Seed => 1,
        NoPoint => 0, Dark => 0, ArrShort => 0, ArrOrder => 0, ArrGapMs => 0,
        LagMs => 0, MoveReadings => 0, Return => 0,
        SscanEvery => 0, Speed => 0, TurnS => 0, %more);
}

1;
