#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# Records the fault cases of this folder anew, from real sessions over Channel
# Access with the simulated stations:
#   cd tests/O.linux-x86_64 && perl -I.. ../replay/record.pl [CASE...]
# What came out is left away: what it has to be stands in expected.tsv, written
# by hand, since a better assembler may word its events otherwise.
use strict;
use warnings;
use File::Basename 'dirname';
use XasBeamline;

my $P = 'BL5S1';
my $folder = dirname(__FILE__);
my $b = XasBeamline->new;
my $dir = "$b->{work}/recordings";

# The station of etc/xasd.conf with more PVs; or one of arrays.
my %station = (
    step => '', array => qq(
  { name = "$P"; prefix = "$P:"; mode = "array"; detection = "transmission";
    edge = "K"; record_events = true; array_timeout_s = 0.8;
    pv = { energy = "$P:EnergyArr"; i0 = "$P:I0Arr"; i1 = "$P:I1Arr";
           sequence = "$P:ArrDone"; sample = "$P:Sample";
           formula = "$P:Formula"; element = "$P:Element";
           comment = "$P:Comment"; }; },),
);
sub configure {
    my ($mode) = @_;
    open my $in, '<', "$b->{top}/etc/xasd.conf" or die $!;
    my $text = do { local $/; <$in> };
    $text =~ s/^\s*record_events\s*=.*\n//mg;
    $text =~ s/^(\s*)(name\s*=\s*"$P";)/$1$2\n$1record_events = true;/m;
    $text =~ s{^(\s*)(commit\s*=\s*"$P:Point";)}
        {$1$2\n$1ring_current = "$P:RingCurrent"; inhibit = "$P:TopUp";}m;
    $text =~ s/^(\s*)i0_min\s*=.*/$1i0_min = 1000; ring_min_mA = 100;/m;
    $text =~ s/stations = \(\n  \{.*?\n  \},/stations = ($station{array}/s
        if $mode eq 'array';
    open my $out, '>', "$b->{work}/xasd.conf" or die $!;
    print $out qq(record_dir = "$dir";\n$text);
    $ENV{XASD_CONF} = "$b->{work}/xasd.conf";
}

sub set { my (%pv) = @_; $b->put("$P:$_", $pv{$_}) for sort keys %pv }
sub points { return $b->get("$P:XASD:Scan:Points") || 0 }
sub running { return $b->get("$P:XASD:Scan:State") eq 'scanning' }
sub start { $b->run('caput', '-w', 5, "$P:Start", 1) }
sub wait_for { my ($what) = @_; $b->wait_for($what, 30) or die "timeout\n" }
sub closed {
    return $b->sql("SELECT count(*) FROM scan WHERE station = '$P'
                    AND state = 'closed'") || 0;
}
sub scan {
    my $n = closed();
    start();
    wait_for(sub { closed() > $n });
}
sub recorded {
    my ($file) = reverse sort glob "$dir/$P-*.xev";
    open my $in, '<', $file or die "$file: $!\n";
    return wantarray ? <$in> : do { local $/; <$in> };
}
sub half_way { wait_for(sub { running() && points() >= 20 }) }

my %case = (
    'good' => ['two good scans, the second up and down', sub {
        scan();
        set(Sweeps => 2);
        scan();
    }],
    'aborted' => ['Stop at half way, padded by nothing', sub {
        set('Fault:AbortAt' => 25);
        scan();
    }],
    'three-points' => ['a scan of three points, one of none', sub {
        set(Points => 3);
        scan();
        set(Points => 0, 'Fault:Empty' => 1);
        start();
        # no record tells that a scan of no points has been ignored: the
        # recording has the answers that it had to wait for at its end
        wait_for(sub {
            my @scan = split /^value \S+ active 1 /m, scalar recorded();
            return @scan == 3 && $scan[2] =~ /^reply \S+ aborted /m;
        });
    }],
    'source-killed' => ['the source dies at half way and is started again',
        sub {
            set(Dwell => 0.05);
            my $n = closed();
            start();
            half_way();
            $b->stop('xassim', 'KILL');
            wait_for(sub { $b->get("$P:XASD:Scan:State") eq 'disconnected' });
            $b->start_sim;
            wait_for(sub { closed() > $n });
            set(Resample => 60, Dwell => 0.005, Sample => 'FeCl2');
            scan();
        }],
    'burst' => ['too many points at once: CA drops most of them', sub {
        set(Resample => 250, 'Fault:BurstAt' => 10, 'Fault:BurstN' => 230);
        scan();
    }],
    'beam-dump' => ['no beam for eight points', sub {
        set('Fault:DumpAt' => 20, 'Fault:DumpN' => 8);
        scan();
    }],
    'top-up' => ['low beam for four points, which are measured again', sub {
        set('Fault:TopUpAt' => 30, 'Fault:TopUpN' => 4);
        scan();
    }],
    'invalid' => ['INVALID alarm of i1 for ten points, NaN for three', sub {
        set('Fault:InvalidAt' => 10, 'Fault:InvalidN' => 10,
            'Fault:NanAt' => 40, 'Fault:NanN' => 3);
        scan();
    }],
    'clock-1990' => ['stamps from 1990, from the future, undefined', sub {
        for my $stamp (2, 1, 4) {
            set('Fault:Stamp' => $stamp, 'Fault:StampAt' => 20,
                'Fault:StampN' => 10);
            scan();
        }
    }],
    'late' => ['i1 comes behind its point', sub {
        set('Fault:LateAt' => 20, 'Fault:LateN' => 10, 'Fault:LateMs' => 20);
        scan();
    }],
    'backwards' => ['a point measured three times, the energy runs back', sub {
        set('Fault:DuplicateAt' => 15, 'Fault:DuplicateN' => 2,
            'Fault:BackAt' => 40, 'Fault:BackN' => 5);
        scan();
    }],
    'xasd-killed' => ['xasd is killed at half way: what the next one resumed',
        sub {
            set(Dwell => 0.05);
            my $n = closed();
            start();
            wait_for(sub { ($b->get("$P:XASD:Scan:Saved") || 0) >= 20 });
            $b->stop('xasd', 'KILL');
            $b->start_xasd;
            wait_for(sub { closed() > $n });
        }],
    'arrays' => ['two sweeps as arrays in any order, one array too short',
        sub {
            set(Mode => 'Array', Resample => 120, SweepTime => 0.3,
                Sweeps => 2, ArrOrder => 4);
            scan();
            wait_for(sub { closed() >= 2 });
            set(Sweeps => 1, ArrShort => 7, ArrOrder => 0);
            scan();
        }, 'array'],
);

sub keep {
    my ($name) = @_;
    open my $out, '>', "$folder/$name.xev" or die "$name: $!\n";
    print $out "# SPDX-License-Identifier: BSD-3-Clause\n",
        "# $case{$name}[0]\n", grep { !/^(begin|end) / } recorded();
    close $out or die $!;
    printf "%-16s %6d bytes\n%s", $name, -s "$folder/$name.xev",
        $b->run('xasctl', 'replay', '--tsv', "$folder/$name.xev");
}

for my $name (@ARGV ? @ARGV : sort keys %case) {
    my ($what, $play, $mode) = @{ $case{$name} };
    configure($mode // 'step');
    unlink glob("$dir/*"), glob("$b->{work}/xasd.db*");
    $b->start_sim;
    $b->start_xasd;
    wait_for(sub {
        my @n = $b->get("$P:XASD:Ca:Connected", "$P:XASD:Ca:Expected");
        @n == 2 && $n[0] ne '' && $n[0] eq $n[1];
    });
    set(Sample => 'FeCl2', Resample => 60, Dwell => 0.005);
    eval { $play->(); 1 } or print "$name: $@", $b->log_of('xasd');
    $b->stop('xasd');
    $b->stop('xassim');
    $b->clear_log($_) for 'xasd', 'xassim';
    keep($name);
}
