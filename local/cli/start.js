// JavaScript without packages, so that it runs without dependencies and in every Node.js.
try {
  await import('./main.ts');
} catch (error) {
  const missesPackage = error?.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes('package');
  if (!missesPackage && error?.code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error;
  process.stderr.write(
    `ocr-courier: npm start needs the development dependencies and Node.js 24; run: npm ci --include=dev --include=optional${process.platform === 'darwin' ? ' (and install Node.js 24.21 or later: npm has none for macOS)' : ''}\n`,
  );
  process.exitCode = 1;
}
