# Takes Netbend away: just what `install.ps1` put there. Presets, models of your own and files you changed stay.
#
#     powershell -ExecutionPolicy Bypass -File uninstall.ps1
#
# Not tried on Windows by its authors yet: please report what you see.
[CmdletBinding()]
param(
    # Where the programs are, if they were installed with -ProgramDir.
    [string]$ProgramDir = "$env:LOCALAPPDATA\Programs\Netbend"
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$tab = "`t"

function Get-Sha256([string]$path) {
    return (Get-FileHash -Algorithm SHA256 -LiteralPath $path).Hash.ToLowerInvariant()
}

$programs = $ProgramDir
if (Test-Path -LiteralPath (Join-Path $PSScriptRoot 'installed.txt')) { $programs = $PSScriptRoot }
$record = Join-Path $programs 'installed.txt'
if (-not (Test-Path -LiteralPath $record)) {
    Write-Host "Netbend was not removed: $record, which says what was installed, is missing" -ForegroundColor Red
    exit 1
}
$lines = @([IO.File]::ReadAllLines($record))
$files = @($lines | Where-Object { -not $_.StartsWith("folder$tab") })
$folders = @($lines | Where-Object { $_.StartsWith("folder$tab") } | ForEach-Object { $_.Split($tab)[1] })

$inUse = @($files | ForEach-Object { $_.Split($tab)[1] } | Where-Object { Test-Path -LiteralPath $_ } | Where-Object {
    try { [IO.File]::Open($_, 'Open', 'ReadWrite', 'None').Close(); $false } catch { $true }
})
if ($inUse.Count -gt 0) {
    Write-Host "Netbend was not removed: $($inUse[0]) is in use: close your host and Netbend" -ForegroundColor Red
    exit 1
}
foreach ($line in $files) {
    $hash, $path = $line.Split($tab)
    if ((Test-Path -LiteralPath $path) -and ((Get-Sha256 $path) -eq $hash)) { Remove-Item -Force -LiteralPath $path }
}
Remove-Item -Force -LiteralPath $record
foreach ($folder in @($folders | Sort-Object -Descending)) {
    if ((Test-Path -LiteralPath $folder) -and (@(Get-ChildItem -Force -LiteralPath $folder).Count -eq 0)) {
        Remove-Item -LiteralPath $folder
    }
}

Write-Host 'Netbend is removed.'
$paths = @($files | ForEach-Object { $_.Split($tab)[1] } | Sort-Object -Unique)
foreach ($path in $paths) {
    if (Test-Path -LiteralPath $path) { Write-Host "Kept, since you changed it: $path" }
}
$ours = @($folders | Where-Object { $_ -like '*\Netbend.*' -or $_ -like "$programs*" })
$left = @($ours | Where-Object { Test-Path -LiteralPath $_ } | ForEach-Object {
    Get-ChildItem -Force -Recurse -LiteralPath $_ | Where-Object { -not $_.PSIsContainer } | ForEach-Object { $_.FullName }
} | Sort-Object -Unique)
foreach ($path in $left) {
    if ($paths -notcontains $path) { Write-Host "Kept, since it is yours: $path" }
}
