"""The editor of scenario files: forms for the machine and the workload, the text beside them, one undo for both."""
