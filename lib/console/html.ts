/** The frame of the page. Everything in it is drawn by the script. */
export const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page.css">
<title>mo_cdc</title>
</head>
<body>
<div id="page"></div>
<script src="page.js" defer></script>
</body>
</html>
`;
