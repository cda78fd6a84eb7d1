/** The program name of a coordinator in the process list; the name of the command follows it. */
export const COORDINATOR_TITLE = 'aurora-coordinator';

/**
 * The coordinator is a small process of ours between us and a command. Linux hands the orphans of a process to its nearest
 * ancestor that asked for them (PR_SET_CHILD_SUBREAPER), or else to the first process of the machine. Node cannot ask, so
 * the coordinator does. Everything that the command starts stays below it, whatever its session, user or environment. It
 * is written in Perl, an essential package of every Debian: it takes a few hundred kilobytes and is ready in 3 ms.
 *
 * It reads its order from descriptor 3 up to the end (see `encodeOrder`), then reports there, one line each:
 *
 *     pid N      the command has started          failed N   it could not be started, errno N
 *     exit N     it has ended with code N          signal N   or was ended by signal N
 *
 * Then it reaps the remaining processes and ends when none are left. There are two manners:
 *
 *     run        What the command leaves behind lives on, except its process group (after a SIGTERM to the
 *                coordinator that is kept too, to give everything time to end). When our process dies, all are killed.
 *     container  When the command ends, everything else is killed and the coordinator ends with the command's outcome.
 *                Our process may come and go.
 *
 * Source: prctl(2), tini; the original's runner has a coordinator for each process, too.
 */
export const PROGRAM = String.raw`
my ($manner, $parent, $name, $soft, $uid, $gid, $groups, $numbers, $count, @rest);
my @ours = qw(HUP INT QUIT PIPE ALRM TERM USR1 USR2 TSTP TTIN TTOU);
$SIG{$_} = 'IGNORE' for @ours;
open my $link, '+<&=', 3 or die;
fcntl $link, 2, 1;
my $order = '';
1 while sysread $link, $order, 65536, length $order;
($manner, $parent, $name, $soft, $uid, $gid, $groups, $numbers, $count, @rest) = split /\0/, $order, -1;
my ($prctl, $setgroups, $setresgid, $setresuid, $prlimit, $setsid) = map { $_ + 0 } split / /, $numbers;
my ($file, @argv) = splice @rest, 0, $count + 1;
my %environment = map { /^(.*?)=(.*)$/s ? ($1, $2) : () } @rest;
$0 = "${COORDINATOR_TITLE} $name";
my ($me, $graceful, $main) = ($$, 0);
pipe my $outcome, my $result;

sub stat_of {
  open my $stat, '<', "/proc/$_[0]/stat" or return;
  my $line = <$stat> // return;
  return split ' ', substr $line, 2 + rindex $line, ')';
}

sub below {
  my (%children, %start, @found);
  opendir my $proc, '/proc' or return;
  for my $pid (grep { /^\d/ } readdir $proc) {
    my @stat = stat_of($pid) or next;
    next if $stat[0] =~ /[ZX]/;
    push @{$children{$stat[1]}}, $pid;
    $start{$pid} = $stat[19];
  }
  for (my @next = ($me); @next; ) {
    for my $pid (@{$children{shift @next} || []}) {
      push @found, [$pid, $start{$pid}];
      push @next, $pid;
    }
  }
  return @found;
}

sub strike {
  my ($signal, $pid, $start) = @_;
  my @stat = stat_of($pid) or return;
  kill $signal, $pid if $stat[19] eq $start;
}

sub kill_all {
  for (my $pause = 0.005; ; $pause *= 2) {
    my %seen;
    for (1 .. 20) {
      my @new = grep { !$seen{"@$_"}++ } below();
      last unless @new;
      strike('STOP', @$_) for @new;
    }
    strike('KILL', @$_) for below();
    my $reaped;
    do { $reaped = waitpid -1, 1 } while $reaped > 0;
    return if $reaped < 0;
    select undef, undef, undef, $pause < 0.5 ? $pause : 0.5;
  }
}

sub failed {
  syswrite $result, $! + 0;
  exit 127;
}

sub become {
  if ($soft ne '') {
    my $now = pack 'QQ', 0, 0;
    syscall $prlimit, 0, 7, 0, $now;
    my (undef, $hard) = unpack 'QQ', $now;
    syscall $prlimit, 0, 7, pack('QQ', $soft < $hard ? $soft : $hard, $hard), 0;
  }
  return if $uid eq '';
  my @groups = map { $_ + 0 } split / /, $groups;
  syscall($setgroups, scalar @groups, pack 'L*', @groups) == 0 or failed();
  ($uid, $gid) = ($uid + 0, $gid + 0);
  syscall($setresgid, $gid, $gid, $gid) == 0 or failed();
  syscall($setresuid, $uid, $uid, $uid) == 0 or failed();
}

syscall $prctl, 36, 1, 0, 0, 0;
if ($manner eq 'run') {
  my $alone = sub { kill_all(); exit 0 };
  $SIG{HUP} = $alone;
  $SIG{TERM} = sub { $graceful = 1 };
  syscall $prctl, 1, 1, 0, 0, 0;
  $alone->() if getppid != $parent;
}

$main = fork // -1;
if ($main == -1) {
  syswrite $link, 'failed ' . ($! + 0) . "\n";
  exit 127;
}
if ($main == 0) {
  # Perl itself ignores FPE.
  $SIG{$_} = 'DEFAULT' for @ours, 'FPE';
  syscall $setsid;
  become();
  syscall $prctl, 1, 9, 0, 0, 0;
  exit 127 if getppid != $me;
  %ENV = %environment;
  { no warnings; exec { $file } @argv }
  failed();
}

if ($manner eq 'container') {
  for my $signal (qw(HUP INT QUIT TERM USR1 USR2)) { $SIG{$signal} = sub { kill $signal, $main } }
}
open STDIN, '<', '/dev/null';
open STDOUT, '>', '/dev/null';
open STDERR, '>', '/dev/null';
chdir '/';
close $result;
my $errno = '';
1 while sysread $outcome, $errno, 16, length $errno;
syswrite $link, $errno eq '' ? "pid $main\n" : "failed $errno\n";

while ((my $ended = waitpid -1, 0) > 0) {
  next if $ended != $main;
  my $status = $?;
  my $signal = $status & 127;
  $SIG{$_} = 'IGNORE' for $manner eq 'container' ? @ours : ();
  kill 'KILL', -$main if $manner eq 'run' && !$graceful;
  kill_all() if $manner eq 'container';
  syswrite $link, $signal ? "signal $signal\n" : 'exit ' . ($status >> 8) . "\n";
  next if $manner eq 'run';
  exit $status >> 8 unless $signal;
  syscall $prctl, 4, 0, 0, 0, 0;
  $SIG{$_} = 'DEFAULT' for @ours;
  kill $signal, $me;
  exit 128 + $signal;
}
exit 0;
`;

/** What the coordinator is asked to start. */
export interface CoordinatorOrder {
  readonly manner: 'run' | 'container';
  /** Shown in the process list. */
  readonly name: string;
  /** The program, and its whole argv including argv[0]. */
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user to run as; undefined means the same user as ours. */
  readonly user:
    | { readonly uid: number; readonly gid: number; readonly groups: readonly number[] }
    | undefined;
  /** The soft limit of open files; undefined means the same limit as ours. */
  readonly softFiles: number | undefined;
}

/** Numbers of prctl, setgroups, setresgid, setresuid, prlimit64 and setsid. Source: the kernel's system call tables. */
export const SYSTEM_CALLS: Readonly<Partial<Record<NodeJS.Architecture, string>>> = {
  x64: '157 116 119 117 302 112',
  arm64: '167 159 149 147 261 157',
};

/** Encodes the order for the coordinator: fields that each end with a zero byte, which no field can contain. */
export function encodeOrder(order: CoordinatorOrder, parentPid: number, systemCalls: string): string {
  const { user, argv, env } = order;
  return [
    order.manner,
    String(parentPid),
    order.name,
    String(order.softFiles ?? ''),
    String(user?.uid ?? ''),
    String(user?.gid ?? ''),
    user ? [user.gid, ...user.groups].join(' ') : '',
    systemCalls,
    String(argv.length),
    order.file,
    ...argv,
    ...Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])),
  ]
    .map((text) => `${text}\0`)
    .join('');
}
