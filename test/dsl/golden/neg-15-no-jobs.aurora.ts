// A file that defines no jobs.
export default [];
