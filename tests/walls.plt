#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-3-Clause
# The walls between the folders of xasd/, as DESIGN draws them: what each may
# include, and what the numeric archive may call.  Never widen this to make
# a build pass.
use strict;
use warnings;
use lib '..';
use Test::More;
use XasTree qw(files lines top);

# Outside headers by kind.  `pure' can reach no file, clock or log: stdio.h is
# there for snprintf; what is called is held by the list of symbols below.
my @kinds = (
    [pure => qr/^(assert|complex|ctype|errno|float|inttypes|limits|math
        |stdarg|stdbool|stddef|stdint|stdio|stdlib|string|strings)\.h$/x],
    [posix => qr{^(argp|argz|dirent|err|error|fcntl|fnmatch|getopt|glob|grp
        |libgen|linux/magic|locale|poll|pthread|pwd|sched|semaphore|signal
        |stdatomic|stdnoreturn|sysexits|termios|time|unistd|wchar|wctype
        |arpa/\w+|net/\w+|netdb|netinet/\w+|langinfo|iconv|ftw|endian
        |malloc|threads|sys/\w+)\.h$}x],
    [lapacke => qr/^lapacke\.h$/],
    [xraylib => qr/^xraylib(-\w+)?\.h$|^xraylib\/xraylib\.h$/],
    [sqlite => qr/^sqlite3\.h$/],
    [libconfig => qr/^libconfig\.h$/],
    [json => qr/^(jansson|sha2)\.h$/],
    [libevent => qr{^event2/\w+\.h$}],
    [ca => qr/^(cadef|caerr|caeventmask|db_access)\.h$/],
    [com => qr/^(epics\w+|errlog|ellLib|cantProceed|dbDefs|iocsh|taskwd
        |osi\w+|shareLib|envDefs|alarm|alarmString|errMdef|libComAPI
        |libComVersion|initHooks|errSymTbl|freeList|bucketLib)\.h$/x],
    [db => qr/^(db\w+|dev\w+|rec\w+|\w+Record|menu\w+|callback|ioc\w+
        |asDbLib|asLib|link|registry\w*|registryFunction|alarm\w*
        |special|postfix|cvtTable|epicsRelease|subRecord|initHooks)\.h$/x],
);

my @pure = qw(num spectrum model);
# folder => [our folders, kinds of outside headers]
my %may = (
    num => [[qw(num)], [qw(pure lapacke xraylib)]],
    spectrum => [[qw(num spectrum)], [qw(pure xraylib)]],
    model => [[@pure], [qw(pure xraylib)]],
    assemble => [[@pure, 'assemble'], [qw(pure xraylib)]],
    store => [[@pure, qw(assemble store)], [qw(pure posix sqlite json)]],
    exchange => [[@pure, qw(assemble exchange)], [qw(pure posix libconfig)]],
    pipeline => [[@pure, qw(assemble store exchange pipeline)],
        [qw(pure posix)]],
    acquire => [[@pure, qw(assemble acquire)], [qw(pure posix com ca)]],
    publish => [[@pure, qw(assemble publish)], [qw(pure posix com db)]],
    daemon => [[@pure, qw(assemble store exchange pipeline acquire publish
        daemon)], [map { $_->[0] } grep { $_->[0] !~ /lapacke|^ca$/ } @kinds]],
    cli => [[@pure, qw(assemble store exchange pipeline cli)],
        [qw(pure posix xraylib)]],
    sim => [[@pure, qw(exchange sim)], [qw(pure posix xraylib com db)]],
);

my @sources = grep { m{^xasd/\w+/[^/]+\.[chly]$} } files();
my %home = map { m{^xasd/(\w+)/(.+)$} ? ($2 => $1) : () } @sources;

# breach(FOLDER, HEADER): why this folder must not include it, or ''.
sub breach {
    my ($folder, $header) = @_;
    my $may = $may{$folder} or return "$folder is no folder of the design";
    if (my $theirs = $home{$header}) {
        return (grep { $_ eq $theirs } @{ $may->[0] })
            ? '' : "$folder must not know $theirs ($header)";
    }
    my @kind = map { $_->[0] } grep { $header =~ $_->[1] } @kinds;
    return '' if grep { my $k = $_; grep { $_ eq $k } @{ $may->[1] } } @kind;
    return "$folder must not include $header"
        . (@kind ? " ($kind[0])" : ' (of no known kind)');
}

sub includes {
    return map { /^\s*#\s*include\s*[<"]([^>"]+)[>"]/ ? $1 : () } lines($_[0]);
}

# The test itself: these are the breaches it is there for.
ok(breach(@$_), "noticed: $_->[1] in $_->[0]")
    for [qw(num sqlite3.h)], [qw(spectrum time.h)], [qw(model epicsTime.h)],
    [qw(assemble event2/event.h)], [qw(store cadef.h)],
    [qw(pipeline dbAccess.h)], [qw(acquire dbAccess.h)],
    [qw(publish cadef.h)], [qw(cli errlog.h)], [qw(num xasModel.h)];

my %folder = map { m{^xasd/(\w+)/} ? ($1 => 1) : () } @sources;
for my $folder (sort keys %folder) {
    my @wrong;
    for my $name (grep { m{^xasd/$folder/} } @sources) {
        for my $header (includes($name)) {
            my $why = breach($folder, $header);
            push @wrong, "$name: $why" if $why;
        }
    }
    is(join("\n", @wrong), '', "includes of $folder");
}

my @lapacke = grep { grep { $_ eq 'lapacke.h' } includes($_) } @sources;
is(join(' ', grep { $_ ne 'xasd/num/xasLsq.c' } @lapacke), '',
    'xasLsq is the one caller of LAPACKE');

# A header compiles alone: its users need not know what it needs.
my $release = 'configure/RELEASE.local';
my ($base) = map { /^EPICS_BASE *= *(\S+)/ ? $1 : () }
    -r top() . "/$release" ? lines($release) : ();
$base //= $ENV{EPICS_BASE} // '';
my @folders = map { '-I' . top() . "/xasd/$_" } sort keys %folder;
push @folders, map { "-isystem $base/include$_" } '', '/os/Linux',
    '/compiler/gcc';
my $headers = join ' ', map { top() . "/$_" } grep { /\.h$/ } @sources;
my $said = `cc -std=gnu11 -fsyntax-only -DUSE_TYPED_RSET -DUSE_TYPED_DSET \\
    @folders -x c $headers 2>&1`;
is($said, '', 'each header compiles alone');

# ---- what the compiled code calls ----

my %allowed = map { $_ => 1 } (
    # memory and text, no files
    qw(malloc calloc realloc free qsort bsearch abs labs
    memcpy memmove memset memcmp memchr strlen strnlen strcmp strncmp
    strcasecmp strncasecmp strchr strrchr strstr strspn strcspn strpbrk
    strcpy strncpy strcat strncat strdup strndup stpcpy strtok_r
    strtod strtol strtoul strtoll strtoull atoi
    snprintf vsnprintf sscanf toupper tolower isalpha isdigit),
    # libm
    qw(fabs sqrt cbrt pow exp exp2 expm1 log log2 log10 log1p sin cos tan
    asin acos atan atan2 sinh cosh tanh floor ceil round trunc rint nearbyint
    lround llround lrint fmin fmax fmod remainder hypot fma frexp ldexp modf
    copysign nextafter erf erfc lgamma tgamma nan sincos finite scalbn),
    # what the compiler and the C library put in their place
    qw(_GLOBAL_OFFSET_TABLE_ __stack_chk_fail __assert_fail __errno_location
    __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc),
    # xraylib: edges, lines, cross sections of elements
    qw(EdgeEnergy LineEnergy JumpFactor FluorYield RadRate AtomicWeight
    CS_Total CS_Photo CS_FluorLine ElementDensity AtomicLevelWidth
    SymbolToAtomicNumber AtomicNumberToSymbol CompoundParser
    FreeCompoundData xrl_error_free xrl_clear_error xrlFree),
);

# Fortified (__memcpy_chk) and C99/C23 (__isoc23_strtol) names are the same.
sub plain {
    my ($symbol) = @_;
    $symbol =~ s/^__isoc(99|23)_//;
    $symbol =~ s/^__(\w+)_chk$/$1/;
    return $symbol;
}

sub symbols {
    my ($flag, @objects) = @_;
    return map { /^(?:[0-9a-f]*\s+)?[A-Za-z]\s+(\S+)$/ ? $1 : () }
        `nm $flag @objects 2>/dev/null`;
}

# Calls that are neither theirs nor allowed.
sub calls {
    my ($lapacke, $theirs, @objects) = @_;
    my %own = map { $_ => 1 } symbols('--defined-only', @objects, @$theirs);
    my %bad = map { $_ => 1 } grep {
        !$own{$_} && !$allowed{ plain($_) }
            && !($lapacke && /^LAPACKE_d\w+$/)
    } symbols('-u', @objects);
    return join ' ', sort keys %bad;
}

# Variables.  Constants that hold addresses lie in .data.rel.ro: no variables.
sub globals {
    my @found;
    for (`objdump -t @_ 2>/dev/null`) {
        /^[0-9a-f]+ (.{7}) (\S+)\t([0-9a-f]+) (\S+)$/ or next;
        my ($flags, $section, $size, $name) = ($1, $2, hex $3, $4);
        push @found, $name if $size && $flags !~ /d.$/
            && $section =~ /^(\*COM\*|\.t?(data|bss)(\.(?!rel\.ro).*)?)$/;
    }
    return "@found";
}

# This test itself, on code that breaks the rules.
my $breach = "breach$$.o";
open my $cc, '|-', "cc -std=gnu11 -c -x c -o $breach -" or die "cc: $!\n";
print $cc "#include <stdio.h>\nint counter;\nstatic const char *const ok[] = "
    . "{ \"a\" };\nFILE *f(int i) { counter++; return fopen(ok[i], ok[i]); }";
close $cc;
is(calls(1, [], $breach), 'fopen', 'noticed: a call of fopen');
is(globals($breach), 'counter', 'noticed: a global');
unlink $breach;

my ($archive) = glob top() . '/build/lib/*/libxasNumeric.a';
ok($archive && -s $archive, 'the numeric archive is built');
is(calls(1, [], $archive), '', 'calls of libxasNumeric.a');
is(globals($archive), '', 'no globals in libxasNumeric.a');

# Also pure, but built into the other archive.
my @assemble = grep { -f } map {
    m{^xasd/assemble/(\w+)\.c$} ? glob(top() . "/xasd/O.*/$1.o") : ()
} @sources;
SKIP: {
    skip 'nothing built from assemble', 2 if !@assemble;
    is(calls(0, [$archive], @assemble), '', 'calls of assemble');
    is(globals(@assemble), '', 'no globals in assemble');
}

done_testing();
