// Preloaded into a process: its wall clock runs AURORA_FAST_CLOCK times as fast as the machine's, from one moment on that
// is the same for all; timers, and time that passed, do not. What is due by the wall clock comes sooner, and no more.
const [speed, fromMs] = (process.env.AURORA_FAST_CLOCK ?? '1,0').split(',').map(Number);
const now = Date.now;
Date.now = () => Math.floor(fromMs + (now() - fromMs) * speed);
